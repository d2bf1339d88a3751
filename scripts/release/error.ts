import { CodedError } from '#core/error/index.ts';

/** A release can't be made. The message says why, and what to do. */
export class ReleaseError extends CodedError<'UNCOMMITTED' | 'COMMAND_FAILED' | 'UNEXPECTED'> {
  static override readonly errorName = 'ReleaseError';
}
