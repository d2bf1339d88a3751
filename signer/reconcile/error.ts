/** Why nothing can be compared. */
export class ReconcileError extends Error {
  readonly code: 'JOURNAL_BROKEN' | 'ENTRY_UNREADABLE' | 'TOO_MANY';
  constructor(code: ReconcileError['code'], message: string) {
    super(message);
    this.name = 'ReconcileError';
    this.code = code;
  }
}
