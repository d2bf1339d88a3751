export type X509ErrorCode =
  | 'MALFORMED'
  | 'PROFILE_INVALID'
  | 'SIGNATURE_WRONG'
  | 'NOT_VALID_AT_TIME'
  | 'USAGE_WRONG'
  | 'CRITICAL_EXTENSION_UNKNOWN'
  | 'ALGORITHM_WEAK'
  | 'UNTRUSTED';

/** A certificate that can't be made as asked, or that can't be relied on. */
export class X509Error extends Error {
  readonly code: X509ErrorCode;
  constructor(code: X509ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'X509Error';
    this.code = code;
  }
}
