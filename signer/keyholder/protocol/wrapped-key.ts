/** The file of a private key that isn't kept on its token: encrypted by a key of the token, and of no use without it. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { KeyHolderError } from './error.ts';
import type { WrappedKeyFile } from './registry.ts';

/**
 * How a token wraps: by AES Key Wrap with Padding (RFC 5649, NIST SP 800-38F KWP), under either of its names. Which one is written down, as modules of
 * PKCS#11 v2.40 and v3.0 mean different things by the older.
 */
export const wrapMechanisms = {
  /** CKM_AES_KEY_WRAP_KWP, PKCS#11 v3.0 current mechanisms §2.14; the package doesn't name it. */
  'aes-key-wrap-kwp': 0x210b,
  /** CKM_AES_KEY_WRAP_PAD, PKCS#11 v2.40 current mechanisms §2.14. */
  'aes-key-wrap-pad': 0x210a,
} as const;
export type WrapMechanism = keyof typeof wrapMechanisms;

/** Of a private key as the token wraps it: RSA-4096 as PKCS#8 is 2.4 KB. */
export const wrappedBytesMax = 8 * 1024;
export const wrappedFileBytesMax = 64 * 1024;

const wrappedFileSchema = z.strictObject({
  version: z.literal(1),
  label: z.string().min(1).max(128),
  /** Label of the wrapping key. */
  by: z.string().min(1).max(128),
  mechanism: z.enum(Object.keys(wrapMechanisms) as [WrapMechanism, ...WrapMechanism[]]),
  /** SubjectPublicKeyInfo, DER. */
  publicKey: z.base64().max(4096),
  /** PKCS#8 as the token wrapped it. */
  wrapped: z.base64().max(Math.ceil(wrappedBytesMax / 3) * 4),
});

export interface WrappedKey {
  readonly label: string;
  readonly by: string;
  readonly mechanism: WrapMechanism;
  readonly publicKey: KeyObject;
  readonly wrapped: Uint8Array;
}

export const digestOfWrapped = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

export function writeWrappedKey({ label, by, mechanism, publicKey, wrapped }: WrappedKey): string {
  const file: z.input<typeof wrappedFileSchema> = {
    version: 1,
    label,
    by,
    mechanism,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    wrapped: Buffer.from(wrapped).toString('base64'),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** The bytes of such a file. Throws WRAPPED_KEY_INVALID. */
export function parseWrappedKey(bytes: Uint8Array, file: string): WrappedKey {
  try {
    const {
      publicKey,
      wrapped,
      version: _,
      ...about
    } = wrappedFileSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return { ...about, publicKey: key, wrapped: new Uint8Array(Buffer.from(wrapped, 'base64')) };
  } catch (cause) {
    throw new KeyHolderError('WRAPPED_KEY_INVALID', `${file} is no wrapped key: ${restoreIt}`, { cause });
  }
}

/** The key in a registered file. Throws WRAPPED_KEY_INVALID where it isn't the file, or the key, that the registry names. */
export function readRegisteredKey(
  bytes: Uint8Array,
  label: string,
  { file, sha256, by }: WrappedKeyFile,
): WrappedKey {
  const digest = digestOfWrapped(bytes);
  if (digest !== sha256) {
    throw new KeyHolderError(
      'WRAPPED_KEY_INVALID',
      `${file} has SHA-256 ${digest}, and the registry names ${sha256}: ${restoreIt}`,
    );
  }
  const key = parseWrappedKey(bytes, file);
  if (key.label === label && key.by === by) return key;
  throw new KeyHolderError(
    'WRAPPED_KEY_INVALID',
    `${file} holds key ${key.label}, wrapped by ${key.by}, and the registry names it for ${label}, by ${by}: ${restoreIt}`,
  );
}

const restoreIt = 'restore it from a backup (npm run ceremony -- blobs --restore FOLDER)';
