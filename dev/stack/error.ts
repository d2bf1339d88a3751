import { CodedError } from '#core/error/index.ts';

export type StackErrorCode =
  | 'START_FAILED'
  | 'NOT_HEALTHY'
  | 'STOP_FAILED'
  | 'NO_FREE_PORT'
  | 'PORT_TAKEN'
  | 'MISSING_PROGRAM'
  | 'COMMAND_FAILED'
  | 'BAD_STATE';

/** A part of the local stack couldn't be started, reached or stopped. The message says what to do. */
export class StackError extends CodedError<StackErrorCode> {
  static override readonly errorName = 'StackError';
}
