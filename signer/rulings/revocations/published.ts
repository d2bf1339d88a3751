/** What the authority has published, as claims to compare the register with. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readRevocationList, reasonCodes, type ReadRevocationList } from '#core/pki/crl/index.ts';
import type { RevocationClaim } from './claim.ts';

export function claimsOfList(list: ReadRevocationList, name: string): readonly RevocationClaim[] {
  return Array.from(list.revoked, ([serial, { revokedAt, reason }]) => ({
    serial,
    effectiveAt: revokedAt,
    keyCompromise: reason === reasonCodes.keyCompromise,
    source: `${name}, list ${list.number}`,
  }));
}

/**
 * A list and the parts of it that lie beside it: `foundation-issuing.crl`, `foundation-issuing-0a.crl`. Existing ones
 * only.
 */
export async function listFilesBeside(file: string): Promise<readonly string[]> {
  const name = basename(file, '.crl');
  const found = await readdir(dirname(file)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const isOne = (entry: string): boolean =>
    entry === `${name}.crl` ||
    (entry.startsWith(`${name}-`) && /^-[0-9a-f]{2}\.crl$/.test(entry.slice(name.length)));
  return found
    .filter(isOne)
    .sort()
    .map((name) => join(dirname(file), name));
}

/** File and its issuer's certificate (DER) → the list. Throws RevocationError where it isn't a list of this issuer. */
export async function readListFile(file: string, issuer: Uint8Array): Promise<ReadRevocationList> {
  return readRevocationList(new Uint8Array(await readFile(file)), issuer);
}
