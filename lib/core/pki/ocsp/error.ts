import { CodedError } from '#core/error/index.ts';

export type OcspErrorCode = 'MALFORMED' | 'REQUEST_INVALID' | 'SIGNATURE_WRONG' | 'NOT_SUCCESSFUL';

/** A status request that can't be read, or an answer that can't be made as requested or relied on. */
export class OcspError extends CodedError<OcspErrorCode> {
  static override readonly errorName = 'OcspError';
}
