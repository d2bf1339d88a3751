import { ExplainedError } from '../platform/http/index.ts';

type ApiTokensErrorCode =
  | 'NOT_ALLOWED'
  | 'NO_ACCEPTED_POLICY'
  | 'UNKNOWN_PROJECT'
  | 'UNKNOWN_POLICY'
  | 'PROJECT_NOT_ACTIVE'
  | 'TOKEN_NAME_INVALID'
  | 'TOKEN_DAYS_INVALID'
  | 'TOO_MANY_TOKENS'
  | 'ALREADY_DONE'
  | 'NO_SUCH_TOKEN'
  | 'REASON_INVALID'
  | 'TOKEN_COMMAND_NOT_VALID';

export class ApiTokensError extends ExplainedError<ApiTokensErrorCode> {
  static override readonly errorName = 'ApiTokensError';
}
