import { ExplainedError } from '../platform/http/index.ts';

export type AuditExportsErrorCode = 'PERIOD_INVALID' | 'TOO_MANY_EXPORTS';

export class AuditExportsError extends ExplainedError<AuditExportsErrorCode> {
  static override readonly errorName = 'AuditExportsError';
}
