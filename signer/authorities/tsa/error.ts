export type TsaErrorCode =
  | 'CONFIG_INVALID'
  | 'SERIAL_FILE_INVALID'
  | 'LISTEN_FAILED'
  | 'CLOCK_WENT_BACK'
  | 'CLOCK_WRONG'
  | 'TIME_SERVER';

/** The timestamp authority can't start or can't answer. */
export class TsaError extends Error {
  readonly code: TsaErrorCode;
  constructor(code: TsaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TsaError';
    this.code = code;
  }
}
