export type StatementErrorCode =
  'TOO_LARGE' | 'NOT_JSON' | 'NOT_CANONICAL' | 'SHAPE_INVALID' | 'VALUE_INVALID';

/** Text that is no statement of the expected type, in canonical form. */
export class StatementError extends Error {
  static readonly errorName = 'StatementError';
  readonly code: StatementErrorCode;
  constructor(code: StatementErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = StatementError.errorName;
    this.code = code;
  }
}
