/** Small files that are complete or absent, whatever happens while they are written. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { throwNaming } from '#core/error/index.ts';

/**
 * Written to a temporary file, synced, renamed, and the folder synced: a crash leaves the old contents or the new. Where there is no room, the old ones
 * stay, nothing half written is left, and the error names the file.
 */
export async function replaceFile(file: string, bytes: Uint8Array | string, mode = 0o600): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.new`;
  try {
    const handle = await open(temporary, 'w', mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throwNaming(file, error);
  }
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
