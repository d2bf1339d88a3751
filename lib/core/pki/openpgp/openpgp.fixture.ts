/** An OpenPGP key of a project, and what its signatures look like, for tests. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import {
  armor,
  fingerprintOf,
  openPgpCertificate,
  signaturePacket,
  signatureTrailer,
  signatureTypes,
  signedText,
  type DocumentForm,
} from './index.ts';

export const created = new Date('2026-01-02T03:04:05Z');
export const signedAt = new Date('2026-06-07T08:09:10Z');
const expires = new Date('2046-01-02T03:04:05Z');

export async function* inChunks(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

export async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

export async function createOpenPgpSigner(address: string, modulusLength = 3072) {
  const pair = generateKeyPairSync('rsa', { modulusLength });
  const key = { publicKey: pair.publicKey, created };
  const fingerprint = fingerprintOf(key);
  const signAbout = (bytes: Uint8Array) =>
    Promise.resolve(new Uint8Array(sign('sha512', bytes, pair.privateKey)));
  const userId = { name: 'Project Widget', address };
  return {
    pair,
    key,
    fingerprint,
    signAbout,
    certificate: await openPgpCertificate({ key, userId, expires }, signAbout),
    /** → packet over the document. */
    async sign(
      document: Uint8Array,
      {
        form = 'binary',
        hash = 'sha256',
      }: { form?: DocumentForm; hash?: 'sha256' | 'sha384' | 'sha512' } = {},
    ): Promise<Buffer> {
      const trailer = signatureTrailer({ type: signatureTypes[form], hash, time: signedAt, fingerprint });
      const content = form === 'text' ? await collected(signedText(inChunks(document))) : document;
      const bytes = Buffer.concat([content, trailer]);
      const digest = createHash(hash).update(bytes).digest();
      return signaturePacket(trailer, { fingerprint, digest, signature: sign(hash, bytes, pair.privateKey) });
    },
    armored: (packet: Uint8Array) => armor('PGP SIGNATURE', packet),
  };
}
