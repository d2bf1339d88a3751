export interface EditorDiagnostic {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly level: 'error' | 'warning' | 'note';
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
}
