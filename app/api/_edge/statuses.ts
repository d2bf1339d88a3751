/** Code of an explained error → HTTP status and title. Every code of every room is here, or this doesn't compile. */
import type { ApiTokensError } from '../../../lib/api-tokens/index.ts';
import type { ApplicationsError } from '../../../lib/applications/index.ts';
import type { ApprovalsError } from '../../../lib/approvals/index.ts';
import type { EmergencyStopError } from '../../../lib/emergency-stop/index.ts';
import type { NotificationsError } from '../../../lib/notifications/index.ts';
import type { OnboardingError } from '../../../lib/onboarding/index.ts';
import type { AuditExportsError } from '../../../lib/audit-exports/index.ts';
import type { AuditRecordsError } from '../../../lib/audit-records/index.ts';
import type { AuthError } from '../../../lib/platform/auth/index.ts';
import type { PageFetchError } from '../../../lib/platform/page-fetch/index.ts';
import type { RateLimitError } from '../../../lib/platform/rate-limit/index.ts';
import type { StorageError } from '../../../lib/platform/storage/index.ts';
import type { PolicyChangesError } from '../../../lib/policy-changes/index.ts';
import type { ReportsError } from '../../../lib/reports/index.ts';
import type { RequestsError } from '../../../lib/requests/index.ts';
import type { ReviewsError } from '../../../lib/reviews/index.ts';
import type { RevocationsError } from '../../../lib/revocations/index.ts';
import type { UploadQuotaError } from '../../../lib/uploads/index.ts';

type Code = (
  | ApiTokensError
  | ApplicationsError
  | ApprovalsError
  | AuditExportsError
  | AuditRecordsError
  | AuthError
  | EmergencyStopError
  | NotificationsError
  | OnboardingError
  | PageFetchError
  | PolicyChangesError
  | RateLimitError
  | ReportsError
  | RequestsError
  | ReviewsError
  | RevocationsError
  | StorageError
  | UploadQuotaError
)['code'];

type Status = readonly [status: number, title: string];

const statuses = {
  // 400: not a question that can be answered.
  ARTIFACT_TRUNCATED: [400, 'Upload incomplete'],
  CURSOR_INVALID: [400, 'Cursor not valid'],
  QUERY_INVALID: [400, 'Search not valid'],
  // 401, 403: who asks.
  TOKEN_MALFORMED: [401, 'Token not readable'],
  TOKEN_EXPIRED: [401, 'Token expired'],
  TOKEN_MAKER_LEFT: [401, 'Token no longer valid'],
  TOKEN_REVOKED: [401, 'Token revoked'],
  TOKEN_UNKNOWN: [401, 'Token not valid'],
  NOT_SIGNED_IN: [401, 'Not signed in'],
  NOT_ALLOWED: [403, 'Not allowed'],
  OWN_CHANGE: [403, 'Not allowed'],
  CONFLICT_OF_INTEREST: [403, 'Not allowed'],
  // 404: what isn't there. A body that names what isn't there is a 422.
  LINK_INVALID: [404, 'Link not valid'],
  LINK_EXPIRED: [410, 'Link expired'],
  NO_SUCH_TOKEN: [404, 'No such token'],
  UNKNOWN_APPLICATION: [404, 'No such application'],
  UNKNOWN_CHANGE: [404, 'No such change'],
  UNKNOWN_QUESTION: [404, 'No such question'],
  UNKNOWN_REPORT: [404, 'No such report'],
  UNKNOWN_REQUEST: [404, 'No such request'],
  UNKNOWN_REVIEW: [404, 'No such review'],
  NO_POLICY_HOST: [404, 'No changes here'],
  NO_ADMISSION: [404, 'No applications here'],
  // 409: not as things stand.
  ALREADY_DONE: [409, 'Done already'],
  ALREADY_CLOSED: [409, 'Closed already'],
  CHANGED_MEANWHILE: [409, 'Changed meanwhile'],
  CLAIMED_BY_OTHER: [409, 'Claimed by somebody else'],
  IDEMPOTENCY_KEY_REUSED: [409, 'Idempotency-Key already used'],
  NOT_ACCEPTED: [409, 'Not accepted'],
  NOT_A_DRAFT: [409, 'Sent already'],
  NOT_CLAIMED: [409, 'Not claimed'],
  NOT_COMPLETE: [409, 'Not complete'],
  NOT_POSSIBLE_NOW: [409, 'Not possible now'],
  NOT_READY: [409, 'Not ready'],
  NOT_WAITING_FOR_APPROVAL: [409, 'Not waiting for an approval'],
  REQUEST_ENDED: [409, 'Request ended'],
  REFUSED_TOO_OFTEN: [409, 'Refused too often'],
  TOO_MANY_TOKENS: [409, 'Too many tokens'],
  TOO_MANY: [409, 'Too many'],
  // 413, 422: what was sent.
  ARTIFACT_TOO_LARGE: [413, 'Upload too large'],
  ANSWER_INVALID: [422, 'Answer not valid'],
  APPROVAL_NOT_POSSIBLE: [422, 'Approval not possible'],
  APPROVAL_NOT_VALID: [422, 'Approval not valid'],
  ARTIFACT_DIGEST_MISMATCH: [422, 'Digest does not match'],
  ARTIFACT_NOT_UPLOADED: [422, 'Artifact not uploaded'],
  CHANGE_INVALID: [422, 'Change not valid'],
  CHOICE_INVALID: [422, 'Choice not valid'],
  DECISION_INVALID: [422, 'Decision not valid'],
  EVIDENCE_INVALID: [422, 'Evidence not valid'],
  INVALID: [422, 'Not valid'],
  ORIGIN_EVIDENCE_MISSING: [422, 'Proof of origin missing'],
  PROJECT_NOT_ACTIVE: [422, 'Project not active'],
  PERIOD_INVALID: [422, 'Period not valid'],
  SIGNATURE_NOT_VALID: [422, 'Signature not valid'],
  STOP_NOT_VALID: [422, 'Emergency stop not valid'],
  TEXT_INVALID: [422, 'Text not valid'],
  REASON_INVALID: [422, 'Reason not valid'],
  KEY_INVALID: [422, 'Key not valid'],
  MEMBER_INVALID: [422, 'Member not valid'],
  BUNDLE_INVALID: [422, 'Attestation not readable'],
  TOKEN_COMMAND_NOT_VALID: [422, 'Signed command not valid'],
  TOKEN_DAYS_INVALID: [422, 'Token not valid'],
  TOKEN_NAME_INVALID: [422, 'Token not valid'],
  UNKNOWN_CERTIFICATE: [422, 'No such certificate'],
  UNKNOWN_POLICY: [422, 'No such signing policy'],
  UNKNOWN_PROJECT: [422, 'No such project'],
  VIEW_INVALID: [422, 'View not valid'],
  // Of a page that somebody named: the verbs say it in words of their own.
  ADDRESS_REFUSED: [422, 'Address not valid'],
  BAD_STATUS: [422, 'Page not readable'],
  NOT_RESOLVED: [422, 'Page not found'],
  NOT_TEXT: [422, 'Page not readable'],
  TIMEOUT: [422, 'Page not readable'],
  TOO_LARGE: [422, 'Page not readable'],
  TOO_MANY_REDIRECTS: [422, 'Page not readable'],
  UNREACHABLE: [422, 'Page not readable'],
  // 429, 503, 507: later.
  TOO_OFTEN: [429, 'Too often'],
  CONFIRMATION_LIMIT: [429, 'Too many e-mails asked for'],
  TOO_MANY_EXPORTS: [429, 'Too many exports'],
  TOO_MANY_UPLOADS: [429, 'Too many uploads'],
  TOO_SOON: [429, 'Too soon'],
  UPLOAD_QUOTA_EXCEEDED: [429, 'Upload quota used up'],
  HOST_UNAVAILABLE: [503, 'Host unavailable'],
  NO_ACCEPTED_POLICY: [503, 'No policy accepted yet'],
  TOO_MANY_REPORTS: [503, 'Too many reports'],
  STORE_UNAVAILABLE: [503, 'Artifact store unavailable'],
  STORE_FULL: [507, 'No space left'],
} as const satisfies Readonly<Record<Code, Status>>;

/** 500 for a code that nobody put here: then it is the portal's fault, whatever it says. */
export function statusOf(code: string): Status {
  const known: Readonly<Record<string, Status>> = statuses;
  return known[code] ?? [500, 'Internal error'];
}
