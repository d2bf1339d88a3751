import { ExplainedError } from '../platform/http/index.ts';

export type AuditRecordsErrorCode = 'NOT_ALLOWED' | 'QUERY_INVALID' | 'CURSOR_INVALID';

export class AuditRecordsError extends ExplainedError<AuditRecordsErrorCode> {
  static override readonly errorName = 'AuditRecordsError';
}
