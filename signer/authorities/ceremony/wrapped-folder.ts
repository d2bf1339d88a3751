/** The files of wrapped keys, in a folder beside the registry that only the user of ceremony and signer reads. */
import { constants } from 'node:fs';
import { chmod, chown, mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../ground/durable-file/index.ts';
import { wrappedFileBytesMax } from '../../keyholder/index.ts';
import { CeremonyError } from '../ceremony-config/index.ts';

/** `round` counts the wrapping keys that the key had: no file is ever written over by another of the same key. */
export const wrappedFileName = (label: string, round = 1): string =>
  `wrapped/${label}${round === 1 ? '' : `~${round}`}.json`;

/** As `wrappedFileName` has it. */
export const roundOf = (file: string): number => Number(/~([0-9]{1,6})[.]json$/.exec(file)?.[1] ?? 1);

/** null: there is none. */
export async function readWrappedFile(folder: string, file: string): Promise<Buffer | null> {
  try {
    const handle = await open(join(folder, file), constants.O_RDONLY | constants.O_NOFOLLOW);
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
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export async function writeWrappedFile(
  folder: string,
  file: string,
  text: string | Uint8Array,
): Promise<void> {
  const path = join(folder, file);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await chmod(dirname(path), 0o700);
    await replaceFile(path, text, 0o600);
    // Held by root, a ceremony leaves them to whom the folder is given: the keyholder's user.
    const { uid, gid } = await stat(dirname(path));
    if (process.getuid?.() === 0) await chown(path, uid, gid);
  } catch (cause) {
    throw new CeremonyError('FILE_UNWRITABLE', `${path} can't be written`, { cause });
  }
}
