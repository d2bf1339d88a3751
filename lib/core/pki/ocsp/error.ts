export type OcspErrorCode = 'MALFORMED' | 'REQUEST_INVALID' | 'SIGNATURE_WRONG' | 'NOT_SUCCESSFUL';

/** A status request that can't be read, or an answer that can't be made as asked or relied on. */
export class OcspError extends Error {
  readonly code: OcspErrorCode;
  constructor(code: OcspErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OcspError';
    this.code = code;
  }
}
