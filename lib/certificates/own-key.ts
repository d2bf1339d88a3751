/** Keys of projects' own, for OpenPGP and raw signatures: what of them is published, in the files that a ceremony wrote. */
import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { fingerprintOf, groupedFingerprint, publishedOpenPgpKey } from '#core/pki/openpgp/index.ts';

export interface OwnKey {
  /** As it is downloaded: `widget.openpgp.asc`, `widget.raw.pub.pem`. */
  readonly file: string;
  readonly serves: 'release' | 'test';
  /** `RSA, 3072 bits` */
  readonly algorithm: string;
  /** Of the SubjectPublicKeyInfo. */
  readonly spkiSha256: string;
  /** null: a key for raw signatures. */
  readonly openPgp: {
    /** In groups of four digits. */
    readonly fingerprint: string;
    readonly userId: string;
    readonly address: string;
  } | null;
}

export const publicFileName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\.(?:asc|pub\.pem)$/);

interface RegisteredOwnKey {
  readonly purpose: string;
  readonly serves?: 'release' | 'test' | undefined;
  readonly publicFile?: string | undefined;
}

const publicBytesMax = 64 * 1024;

/** null: it isn't one. Throws where what a ceremony published isn't about the key of the record. */
export async function readOwnKey(
  keysDir: string,
  { purpose, serves, publicFile }: RegisteredOwnKey,
  record: X509Certificate,
): Promise<OwnKey | null> {
  if ((purpose !== 'raw' && purpose !== 'openpgp') || serves === undefined || publicFile === undefined)
    return null;
  const { publicKey } = record;
  const text = await readPublicFile(keysDir, publicFile);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const about = {
    file: publicFile,
    serves,
    algorithm: algorithmOf(publicKey),
    spkiSha256: createHash('sha256').update(spki).digest('hex'),
  };
  if (purpose === 'raw') {
    if (text !== publicKey.export({ type: 'spki', format: 'pem' }))
      throw new Error(`${publicFile} holds another key than its record`);
    return { ...about, openPgp: null };
  }
  const key = openPgpKeyOf(record);
  const { userId, address } = publishedOpenPgpKey(key, text);
  return { ...about, openPgp: { fingerprint: groupedFingerprint(fingerprintOf(key)), userId, address } };
}

/** OpenPGP's time of making is the beginning of the record's validity (decision 0079). */
export const openPgpKeyOf = ({ publicKey, validFromDate }: X509Certificate) => ({
  publicKey,
  created: validFromDate,
});

export async function readPublicFile(folder: string, file: string): Promise<string> {
  const text = await readFile(join(folder, basename(file)), 'utf8');
  if (text.length > publicBytesMax) throw new Error(`${file} is over ${publicBytesMax} bytes`);
  return text;
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (asymmetricKeyType === 'rsa') return `RSA, ${asymmetricKeyDetails?.modulusLength ?? 0} bits`;
  const curves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384' };
  const curve = asymmetricKeyDetails?.namedCurve ?? '';
  return `ECDSA, ${curves[curve] ?? curve}`;
}
