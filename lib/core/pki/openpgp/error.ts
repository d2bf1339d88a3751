import { CodedError } from '../../error/index.ts';

export type OpenPgpErrorCode = 'MALFORMED' | 'UNSUPPORTED' | 'KEY_UNSUITABLE';

export class OpenPgpError extends CodedError<OpenPgpErrorCode> {
  static override readonly errorName = 'OpenPgpError';
}
