import { ExplainedError } from '../platform/http/index.ts';
import type { Explanation } from '../platform/http/index.ts';

export type RevocationsErrorCode = 'NOT_ALLOWED' | 'INVALID' | 'UNKNOWN_CERTIFICATE';

export class RevocationsError extends ExplainedError<RevocationsErrorCode> {
  constructor(explanation: Explanation<RevocationsErrorCode>) {
    super('RevocationsError', explanation);
  }
}
