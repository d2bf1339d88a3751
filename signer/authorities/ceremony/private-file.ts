import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../ground/durable-file/index.ts';

/**
 * A file in a folder that one user reads. Held by root, a ceremony leaves it to whom the folder is given, which is the user of the process that
 * reads it: a file of root's would stand there unread, and be missed on the day that it is needed.
 */
export async function writePrivateFile(path: string, text: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await chmod(dirname(path), 0o700);
  await replaceFile(path, text, 0o600);
  const { uid, gid } = await stat(dirname(path));
  if (process.getuid?.() === 0) await chown(path, uid, gid);
}
