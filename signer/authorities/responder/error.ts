import { CodedError } from '#core/error/index.ts';

export type ResponderErrorCode = 'LISTEN_FAILED';

export class ResponderError extends CodedError<ResponderErrorCode> {
  static override readonly errorName = 'ResponderError';
}
