/** Paths in a folder of objects, and opening them without following links. */
import { constants } from 'node:fs';
import { lstat, mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isError } from '#core/error/index.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { ObjectStoreError } from './object-store.ts';

/** `<folder>/<first two digits>/<other 62>` */
export function objectPath(folder: string, sha256: Sha256Hex): string {
  // Guaranteed by the type, but a malformed name would lead out of the folder.
  const digits = parseSha256Hex(sha256);
  return join(folder, digits.slice(0, 2), digits.slice(2));
}

/** Links aren't followed, and opening a pipe doesn't wait for a writer. */
const plainFileOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The plain file itself, or null: a link could point to secrets, a pipe never ends. */
export async function openPlainFile(file: string): Promise<FileHandle | null> {
  if (!(await isFolder(dirname(file)))) return null;
  try {
    return await open(file, plainFileOnly);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'EMLINK', 'ENXIO'].includes(codeOf(error) ?? '')) return null;
    throw error;
  }
}

/** Itself, and no link to one. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Creates a folder of the store; a link in its place would redirect writes. → whether it was created. */
export async function makeFolder(path: string): Promise<boolean> {
  const made = await mkdir(path, { recursive: true });
  if (await isFolder(path)) return made !== undefined;
  throw new ObjectStoreError('STORE_UNAVAILABLE', `${path} is a link; the store writes into its own folders`);
}

/** Without this a power loss could lose the names in a folder. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export const codeOf = (error: unknown): string | undefined =>
  (error as NodeJS.ErrnoException | null)?.code ?? undefined;

/** EFBIG: the process may not write a larger file, which is a lack of space, too. */
const fullCodes = ['ENOSPC', 'EDQUOT', 'EFBIG'];

export function storeFailure(folder: string, cause: unknown): ObjectStoreError {
  if (isError(cause, ObjectStoreError)) return cause;
  if (fullCodes.includes(codeOf(cause) ?? ''))
    return new ObjectStoreError('STORE_FULL', `${folder} has no space left`, cause);
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ObjectStoreError('STORE_UNAVAILABLE', `${folder} can’t be used: ${why}`, cause);
}
