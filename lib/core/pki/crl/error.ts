export type RevocationErrorCode = 'MALFORMED' | 'REQUEST_INVALID' | 'SIGNATURE_WRONG';

/** A revocation list or status answer that can't be made as asked, or that can't be relied on. */
export class RevocationError extends Error {
  readonly code: RevocationErrorCode;
  constructor(code: RevocationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RevocationError';
    this.code = code;
  }
}
