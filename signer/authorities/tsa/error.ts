import { CodedError } from '#core/error/index.ts';

export type TsaErrorCode =
  | 'CONFIG_INVALID'
  | 'SERIAL_FILE_INVALID'
  | 'LISTEN_FAILED'
  | 'CLOCK_WENT_BACK'
  | 'CLOCK_WRONG'
  | 'TIME_SERVER';

/** The timestamp authority can't start or can't answer. */
export class TsaError extends CodedError<TsaErrorCode> {
  static override readonly errorName = 'TsaError';
}
