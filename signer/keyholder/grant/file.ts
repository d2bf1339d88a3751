/** For signer/daemon/grant alone, which has the proofs of every check. */
import type { WireOf } from '../protocol/index.ts';
import { seal, type SigningGrant } from './sealed.ts';

type Members = Omit<WireOf<'release' | 'test'>, 'version' | 'grantId' | 'toBeSigned' | 'expiresAt'>;

export interface FileContent extends Members {
  readonly toBeSigned: Uint8Array;
}

export function grantFile(
  { toBeSigned, ...file }: FileContent,
  until: Date,
): SigningGrant<'release' | 'test'> {
  return seal<'release' | 'test'>(file, toBeSigned, until);
}
