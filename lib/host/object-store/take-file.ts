/** A file that is on the store's file system already becomes an object: a second name for it instead of a copy. */
import { createHash } from 'node:crypto';
import { link, lstat, open, rm, type FileHandle } from 'node:fs/promises';
import { parseSha256Hex } from '#core/ids/index.ts';
import { ObjectStoreError, type TakeRequest } from './object-store.ts';
import { codeOf, openPlainFile } from './place.ts';

const chunkBytes = 1024 * 1024;
/** Other file systems, or such that have one name for a file. */
const cannotLink = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** → whether `temporary` is the file now, on disk, readable as the store's other files are. What is linked is what was hashed. */
export async function linkHashed({ file, sha256 }: TakeRequest, temporary: string): Promise<boolean> {
  const handle = await openPlainFile(file);
  if (handle === null) throw new ObjectStoreError('OBJECT_TRUNCATED', `${file} is no plain file, or is gone`);
  try {
    try {
      await link(file, temporary);
    } catch (cause) {
      if (cannotLink.includes(codeOf(cause) ?? '')) return false;
      throw cause;
    }
    const [opened, linked] = [await handle.stat({ bigint: true }), await lstat(temporary, { bigint: true })];
    const found = await digestOf(handle);
    if (found !== sha256 || opened.ino !== linked.ino || opened.dev !== linked.dev)
      throw new ObjectStoreError('OBJECT_DIGEST_MISMATCH', `${file} hashes to ${found}, not to ${sha256}.`);
    await handle.chmod(await usualMode(`${temporary}-mode`));
    await handle.sync();
    return true;
  } finally {
    await handle.close();
  }
}

/** As the umask leaves it, which can't be asked for without being set. */
async function usualMode(probe: string): Promise<number> {
  const handle = await open(probe, 'wx');
  try {
    return (await handle.stat()).mode & 0o777;
  } finally {
    await handle.close();
    await rm(probe, { force: true });
  }
}

async function digestOf(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafeSlow(chunkBytes);
  for (let at = 0; ;) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, at);
    if (bytesRead === 0) return parseSha256Hex(hash.digest('hex'));
    hash.update(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
}
