/** The kinds of values: digests in hexadecimal or Base64, and sizes. */
import type { DigestAlgorithm, Figures, StatedValue } from './follow.ts';

export const digestWords: Record<DigestAlgorithm, string> = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha224: 'SHA-224',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
  'sha3-224': 'SHA3-224',
  'sha3-256': 'SHA3-256',
  'sha3-384': 'SHA3-384',
  'sha3-512': 'SHA3-512',
  blake2b512: 'BLAKE2b-512',
};
const weakOnes: ReadonlySet<DigestAlgorithm> = new Set(['md5', 'sha1']);

/** Of hexadecimal digests that don’t say which they are: by the number of their digits. */
export const byHexDigits: ReadonlyMap<number, DigestAlgorithm> = new Map([
  [32, 'md5'],
  [40, 'sha1'],
  [56, 'sha224'],
  [64, 'sha256'],
  [96, 'sha384'],
  [128, 'sha512'],
]);

const ascii = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export function hexDigest(algorithm: DigestAlgorithm): StatedValue {
  const hexOf = async (file: Figures): Promise<string> =>
    Buffer.from(await file.digest(algorithm)).toString('hex');
  return {
    what: digestWords[algorithm],
    weak: weakOnes.has(algorithm),
    holds: async (written, file) => ascii(written).toLowerCase() === (await hexOf(file)),
    async write(old, file) {
      const hex = await hexOf(file);
      const text = ascii(old);
      return Buffer.from(
        text === text.toUpperCase() && /[A-F]/.test(text) ? hex.toUpperCase() : hex,
        'latin1',
      );
    },
  };
}

export function base64Digest(algorithm: DigestAlgorithm): StatedValue {
  const base64Of = async (file: Figures): Promise<string> =>
    Buffer.from(await file.digest(algorithm)).toString('base64');
  return {
    what: digestWords[algorithm],
    weak: weakOnes.has(algorithm),
    holds: async (written, file) => ascii(written) === (await base64Of(file)),
    write: async (_, file) => Buffer.from(await base64Of(file), 'latin1'),
  };
}

export const size: StatedValue = {
  what: 'size',
  weak: false,
  holds: (written, file) => Promise.resolve(ascii(written) === String(file.sizeBytes)),
  write: (_, file) => Promise.resolve(Buffer.from(String(file.sizeBytes), 'latin1')),
};
