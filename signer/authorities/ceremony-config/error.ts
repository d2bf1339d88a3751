export type CeremonyErrorCode =
  | 'CONFIG_INVALID'
  | 'KEY_MISSING'
  | 'KEY_UNPROTECTED'
  | 'CERTIFICATE_MISMATCH'
  | 'CERTIFICATE_REFUSED'
  | 'FILE_UNWRITABLE'
  | 'TRANSCRIPT_INVALID';

/** The ceremony can't go on; what it had made until then stays and is found again by the next run. */
export class CeremonyError extends Error {
  readonly code: CeremonyErrorCode;
  constructor(code: CeremonyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CeremonyError';
    this.code = code;
  }
}
