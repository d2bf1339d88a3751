import { CodedError } from '#core/error/index.ts';

export type X509ErrorCode =
  | 'MALFORMED'
  | 'PROFILE_INVALID'
  | 'SIGNATURE_WRONG'
  | 'NOT_VALID_AT_TIME'
  | 'USAGE_WRONG'
  | 'CRITICAL_EXTENSION_UNKNOWN'
  | 'ALGORITHM_WEAK'
  | 'UNTRUSTED';

/** A certificate that can't be made as requested, or that can't be relied on. */
export class X509Error extends CodedError<X509ErrorCode> {
  static override readonly errorName = 'X509Error';
}
