/**
 * Revocations of projects' OpenPGP keys: made in the ceremony, kept where this program alone reads them, and published once the register has
 * the key's record. Only so do they reach those who imported a key.
 */
import type { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateSerial } from '#core/ids/index.ts';
import { OpenPgpError, publishedOpenPgpKey } from '#core/pki/openpgp/index.ts';
import { AuthorityError } from './error.ts';

export interface IssuedOpenPgpKey {
  readonly label: string;
  readonly serial: CertificateSerial;
  readonly record: X509Certificate;
  /** As the ceremony published it: in armor. */
  readonly certificate: string;
}

/** Name → text of what has to be published. Throws REVOCATION_MISSING, of the first that isn't there, or is another key's. */
export async function openPgpRevocations(
  keys: readonly IssuedOpenPgpKey[],
  register: ReadonlyMap<string, unknown>,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { label, serial, record, certificate } of keys) {
    if (!register.has(serial)) continue;
    const name = `${label}.revocation.asc`;
    const file = join(folder, name);
    try {
      const text = await readFile(file, 'utf8');
      const key = { publicKey: record.publicKey, created: record.validFromDate };
      publishedOpenPgpKey(key, certificate, text);
      found.set(name, text);
    } catch (cause) {
      if (!(cause instanceof OpenPgpError) && (cause as NodeJS.ErrnoException).code === undefined)
        throw cause;
      const problem =
        cause instanceof OpenPgpError ? `is none of this key: ${cause.message}` : 'can’t be read';
      throw new AuthorityError(
        'REVOCATION_MISSING',
        `${label} is revoked, and whoever imported it doesn’t learn that, since ${file} ${problem}: put the file there that the ceremony made`,
        { cause },
      );
    }
  }
  return found;
}
