/** What a token signs with, by the registry: an object of its own, or the key in a file beside the registry. */
import { constants, open } from 'node:fs/promises';
import { KeyHolderError, readRegisteredKey, wrappedFileBytesMax, type KeyPlace } from '../protocol/index.ts';
import type { SigningObject } from '../token/index.ts';

/** Throws WRAPPED_KEY_INVALID where the file is missing, or another than the registry names. */
export async function readSigningObject({ label, wrapped }: KeyPlace): Promise<SigningObject> {
  if (wrapped === null) return label;
  return readRegisteredKey(await readBounded(wrapped.file), label, wrapped);
}

async function readBounded(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(wrappedFileBytesMax),
        0,
        wrappedFileBytesMax,
        0,
      );
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new KeyHolderError(
      'WRAPPED_KEY_INVALID',
      `${file} can't be read: give it to this user, or restore it from a backup (npm run ceremony -- blobs --restore FOLDER)`,
      { cause },
    );
  }
}
