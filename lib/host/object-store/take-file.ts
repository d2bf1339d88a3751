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
    const usual = await usualFile(`${temporary}-mode`);
    // A store that two programs share is a folder whose group what is made there gets (set-group-ID): a link keeps the group it had.
    if (Number(opened.gid) !== usual.gid && !(await takesGroup(handle, usual.gid))) return false;
    await handle.chmod(usual.mode);
    await handle.sync();
    return true;
  } finally {
    await handle.close();
  }
}

/** Rights as the umask leaves them, which can't be asked for without being set; the group as the folder gives it. */
async function usualFile(probe: string): Promise<{ readonly mode: number; readonly gid: number }> {
  const handle = await open(probe, 'wx');
  try {
    const { mode, gid } = await handle.stat();
    return { mode: mode & 0o777, gid };
  } finally {
    await handle.close();
    await rm(probe, { force: true });
  }
}

/** → false where this process isn't in the group, or the system lets nobody change it: then the file is copied. */
async function takesGroup(handle: FileHandle, gid: number): Promise<boolean> {
  try {
    await handle.chown(-1, gid);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EPERM') return false;
    throw cause;
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
