export type ResponderErrorCode = 'LISTEN_FAILED';

export class ResponderError extends Error {
  readonly code: ResponderErrorCode;
  constructor(code: ResponderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ResponderError';
    this.code = code;
  }
}
