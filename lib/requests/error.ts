import { ExplainedError } from '../platform/http/index.ts';

type RequestsErrorCode =
  | 'NOT_ALLOWED'
  | 'NO_ACCEPTED_POLICY'
  | 'UNKNOWN_PROJECT'
  | 'UNKNOWN_POLICY'
  | 'PROJECT_NOT_ACTIVE'
  | 'APPROVAL_NOT_POSSIBLE'
  | 'ARTIFACT_NOT_UPLOADED'
  | 'BUNDLE_INVALID'
  | 'PARAMETERS_INVALID'
  | 'ORIGIN_EVIDENCE_MISSING'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'REFUSED_TOO_OFTEN'
  | 'TOO_MANY_AT_ONCE'
  | 'TOO_MANY_UPLOADS'
  | 'CONFIGURATION_OF_POLICY'
  | 'CURSOR_INVALID'
  | 'QUERY_INVALID'
  | 'REQUEST_ENDED'
  | 'SOURCE_REF_UNKNOWN'
  | 'TEXT_INVALID'
  | 'UNKNOWN_REQUEST';

export class RequestsError extends ExplainedError<RequestsErrorCode> {
  static override readonly errorName = 'RequestsError';
}
