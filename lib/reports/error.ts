import { ExplainedError } from '../platform/http/index.ts';

export type ReportsErrorCode =
  'NOT_ALLOWED' | 'INVALID' | 'UNKNOWN_REPORT' | 'ALREADY_CLOSED' | 'TOO_MANY_REPORTS';

export class ReportsError extends ExplainedError<ReportsErrorCode> {
  static override readonly errorName = 'ReportsError';
}
