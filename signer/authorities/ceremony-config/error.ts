import { CodedError } from '#core/error/index.ts';

export type CeremonyErrorCode =
  | 'CONFIG_INVALID'
  | 'KEY_MISSING'
  | 'KEY_UNPROTECTED'
  | 'CERTIFICATE_MISMATCH'
  | 'CERTIFICATE_REFUSED'
  | 'FILE_UNWRITABLE'
  | 'TRANSCRIPT_INVALID';

/** The ceremony can't continue; what it has made so far stays and is picked up by the next run. */
export class CeremonyError extends CodedError<CeremonyErrorCode> {
  static override readonly errorName = 'CeremonyError';
}
