import { CodedError } from '#core/error/index.ts';

/** The comparison is impossible. */
export class ReconcileError extends CodedError<'JOURNAL_BROKEN' | 'ENTRY_UNREADABLE' | 'TOO_MANY'> {
  static override readonly errorName = 'ReconcileError';
}
