import { CodedError } from '#core/error/index.ts';

export type AuthorityErrorCode =
  | 'CONFIG_INVALID'
  | 'PUBLICATION_INVALID'
  /** The register, or the registry of keys, has less than was published. */
  | 'REGISTER_SHORT'
  | 'REGISTRY_SHORT'
  /** The root’s list where the ceremony writes it is older than the published one. */
  | 'LIST_SHORT'
  /** An OpenPGP key is revoked, and the revocation that its ceremony made isn't here. */
  | 'REVOCATION_MISSING'
  /** Nobody knows what the last list named. */
  | 'STATE_LOST'
  | 'LOCKED'
  | 'RESPONDER_MISSING'
  | 'LISTEN_FAILED';

export class AuthorityError extends CodedError<AuthorityErrorCode> {
  static override readonly errorName = 'AuthorityError';
}
