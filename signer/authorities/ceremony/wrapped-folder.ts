/** The files of wrapped keys, in a folder beside the registry that only the user of ceremony and signer reads. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { wrappedFileBytesMax } from '../../keyholder/index.ts';
import { CeremonyError } from '../ceremony-config/index.ts';
import { writePrivateFile } from './private-file.ts';

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
    await writePrivateFile(path, text);
  } catch (cause) {
    throw new CeremonyError('FILE_UNWRITABLE', `${path} can't be written`, { cause });
  }
}
