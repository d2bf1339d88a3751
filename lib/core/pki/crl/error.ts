import { CodedError } from '#core/error/index.ts';

export type RevocationErrorCode = 'MALFORMED' | 'REQUEST_INVALID' | 'SIGNATURE_WRONG';

/** A revocation list or status answer that can't be made as asked, or that can't be relied on. */
export class RevocationError extends CodedError<RevocationErrorCode> {
  static override readonly errorName = 'RevocationError';
}
