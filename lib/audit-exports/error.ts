import { ExplainedError } from '../platform/http/index.ts';
import type { Explanation } from '../platform/http/index.ts';

export type AuditExportsErrorCode = 'PERIOD_INVALID' | 'TOO_MANY_EXPORTS';

export class AuditExportsError extends ExplainedError<AuditExportsErrorCode> {
  static readonly errorName = 'AuditExportsError';
  constructor(explanation: Explanation<AuditExportsErrorCode>) {
    super(AuditExportsError.errorName, explanation);
  }
}
