import { ExplainedError } from '../platform/http/index.ts';

type ApprovalsErrorCode =
  'NOT_ALLOWED' | 'UNKNOWN_REQUEST' | 'NOT_WAITING_FOR_APPROVAL' | 'REQUEST_ENDED' | 'APPROVAL_NOT_VALID';

export class ApprovalsError extends ExplainedError<ApprovalsErrorCode> {
  static override readonly errorName = 'ApprovalsError';
}
