export type AuthorityErrorCode = 'CONFIG_INVALID' | 'PUBLICATION_INVALID' | 'LOCKED';

export class AuthorityError extends Error {
  readonly code: AuthorityErrorCode;
  constructor(code: AuthorityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthorityError';
    this.code = code;
  }
}
