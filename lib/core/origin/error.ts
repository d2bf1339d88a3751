export type OriginErrorCode = 'TRUST_ROOT_INVALID';

/** Configuration that origins can't be judged with. What a bundle lacks is a finding, never this. */
export class OriginError extends Error {
  readonly code: OriginErrorCode;
  constructor(code: OriginErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'OriginError';
    this.code = code;
  }
}
