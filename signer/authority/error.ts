export type AuthorityErrorCode =
  'CONFIG_INVALID' | 'PUBLICATION_INVALID' | 'LOCKED' | 'RESPONDER_MISSING' | 'LISTEN_FAILED';

export class AuthorityError extends Error {
  readonly code: AuthorityErrorCode;
  constructor(code: AuthorityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthorityError';
    this.code = code;
  }
}
