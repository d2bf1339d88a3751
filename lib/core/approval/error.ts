import { CodedError } from '#core/error/index.ts';

export type StatementErrorCode =
  'TOO_LARGE' | 'NOT_JSON' | 'NOT_CANONICAL' | 'SHAPE_INVALID' | 'VALUE_INVALID';

/** Text that is no statement of the expected type, in canonical form. */
export class StatementError extends CodedError<StatementErrorCode> {
  static override readonly errorName = 'StatementError';
}
