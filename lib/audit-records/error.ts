import { ExplainedError } from '../platform/http/index.ts';
import type { Explanation } from '../platform/http/index.ts';

export type AuditRecordsErrorCode = 'NOT_ALLOWED' | 'QUERY_INVALID' | 'CURSOR_INVALID';

export class AuditRecordsError extends ExplainedError<AuditRecordsErrorCode> {
  static readonly errorName = 'AuditRecordsError';
  constructor(explanation: Explanation<AuditRecordsErrorCode>) {
    super(AuditRecordsError.errorName, explanation);
  }
}
