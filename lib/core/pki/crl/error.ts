import { CodedError } from '#core/error/index.ts';

export type RevocationErrorCode = 'MALFORMED' | 'REQUEST_INVALID' | 'SIGNATURE_WRONG';

/** A revocation list that can't be made as requested, or that can't be relied on. */
export class RevocationError extends CodedError<RevocationErrorCode> {
  static override readonly errorName = 'RevocationError';
}
