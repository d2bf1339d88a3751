import { CodedError } from '#core/error/index.ts';

/** The comparison is impossible, or what was asked for would be wrong. */
export class ReconcileError extends CodedError<
  'JOURNAL_BROKEN' | 'ENTRY_UNREADABLE' | 'TOO_MANY' | 'SIGNER_RUNS'
> {
  static override readonly errorName = 'ReconcileError';
}
