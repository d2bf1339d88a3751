import { ExplainedError } from '../platform/http/index.ts';

export type RevocationsErrorCode = 'NOT_ALLOWED' | 'INVALID' | 'UNKNOWN_CERTIFICATE' | 'CHANGED_MEANWHILE';

export class RevocationsError extends ExplainedError<RevocationsErrorCode> {
  static override readonly errorName = 'RevocationsError';
}
