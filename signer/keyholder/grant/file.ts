/** For signer/daemon/grant alone, which has the proofs of every check. */
import type { WireOf } from '../protocol/index.ts';
import { seal, type SigningGrant } from './sealed.ts';

type Members = Omit<WireOf<'release' | 'test'>, 'version' | 'grantId' | 'toBeSigned' | 'expiresAt'>;

export interface FileContent extends Members {
  readonly toBeSigned: Uint8Array;
}

type DocumentMembers = Omit<WireOf<'raw' | 'openpgp'>, 'version' | 'grantId' | 'toBeSigned' | 'expiresAt'>;

/** Of a key of the project's own. */
export interface DocumentContent extends DocumentMembers {
  readonly toBeSigned: Uint8Array;
}

export function grantDocument(
  { toBeSigned, ...file }: DocumentContent,
  until: Date,
): SigningGrant<'raw' | 'openpgp'> {
  return seal<'raw' | 'openpgp'>(file, toBeSigned, until);
}

export function grantFile(
  { toBeSigned, ...file }: FileContent,
  until: Date,
): SigningGrant<'release' | 'test'> {
  return seal<'release' | 'test'>(file, toBeSigned, until);
}
