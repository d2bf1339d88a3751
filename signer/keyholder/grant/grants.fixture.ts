/** Grants for tests of the keyholder, which trusts no grant for its origin. */
import { randomUUID } from 'node:crypto';
import type { SigningGrantWire } from '../protocol/index.ts';
import { grantFile, type FileContent } from './file.ts';
import { seal, type SigningGrant } from './sealed.ts';

/** For the project widget, by its release key, valid for a minute. */
export function releaseGrant(
  change: Partial<FileContent> = {},
  until = new Date(Date.now() + 60_000),
): SigningGrant<'release' | 'test'> {
  return grantFile(
    {
      purpose: 'release',
      keyLabel: 'widget.release',
      requestId: randomUUID(),
      project: 'widget',

      program: 'executables',
      artifactSha256: 'a'.repeat(64),
      leafPath: [],
      unsignedSha256: 'b'.repeat(64),
      policyCommit: 'c'.repeat(40),
      toBeSigned: Uint8Array.of(0x31, 0),
      ...change,
    },
    until,
  );
}

/** A value cast to a grant, as a defect or an intruder could. */
export const claimedGrant = (value: unknown): SigningGrant => value as SigningGrant;

/** Another grant of the same content. */
export function mintedAgain({ toBeSigned, expiresAt, ...wire }: Readonly<SigningGrantWire>): SigningGrant {
  return seal(wire, Buffer.from(toBeSigned, 'base64'), new Date(expiresAt));
}
