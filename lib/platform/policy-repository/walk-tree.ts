/** Folders of a commit, one tree at a time: what differs between two commits, and single files, without reading all of either. */
import { isError } from '#core/error/index.ts';
import { GitTreeError, parseTree } from '#core/git-tree/index.ts';
import type { TreeItem } from '#core/git-tree/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { parseRepositoryPath } from '#core/policy/index.ts';
import { PolicyRepositoryError } from './git.ts';
import type { ObjectReader } from './object-reader.ts';

export interface ChangedFile {
  readonly path: string;
  /** Id of the blob; null: the file is new. */
  readonly before: string | null;
  /** null: the file is gone. */
  readonly after: string | null;
}

export interface ChangedFiles {
  /** In the order of their paths. */
  readonly files: readonly ChangedFile[];
  /** false: there may be more, which were not read. */
  readonly complete: boolean;
}

export interface Folder {
  readonly id: string;
  readonly items: readonly TreeItem[];
}

/** What `name` names, such as `<commit>^{tree}` or `<commit>:people`; null: there is no such folder. */
export async function readFolder(reader: ObjectReader, name: string): Promise<Folder | null> {
  const found = await reader.read(name);
  if (found?.type !== 'tree') return null;
  try {
    return { id: found.id, items: parseTree(found.bytes, found.id.length === 64 ? 32 : 20) };
  } catch (error) {
    if (!isError(error, GitTreeError)) throw error;
    throw new PolicyRepositoryError('TREE_UNACCEPTABLE', `${name}: ${error.message}`, error);
  }
}

/** A file by its path in the repository; null: it isn't there, or no file of a policy repository may be called so. */
export async function readFileAt(
  reader: ObjectReader,
  commit: CommitSha,
  path: string,
): Promise<Uint8Array | null> {
  if (!parseRepositoryPath(path).ok) return null;
  const found = await reader.read(`${commit}:${path}`);
  return found?.type === 'blob' ? found.bytes : null;
}

interface Walk {
  readonly reader: ObjectReader;
  readonly files: ChangedFile[];
  readonly filesMax: number;
  foldersLeft: number;
  complete: boolean;
}

/**
 * `before` null: everything is new. `inside`: a folder such as `projects/widget`, or null for all. At most `filesMax` files of
 * `foldersMax` folders.
 */
export async function findChangedFiles(
  reader: ObjectReader,
  asked: {
    readonly before: CommitSha | null;
    readonly after: CommitSha;
    readonly inside: string | null;
    readonly filesMax: number;
    readonly foldersMax: number;
  },
): Promise<ChangedFiles> {
  const { inside, filesMax } = asked;
  const folder = async (commit: CommitSha | null): Promise<Folder | null> =>
    commit === null ? null : readFolder(reader, inside === null ? `${commit}^{tree}` : `${commit}:${inside}`);
  const walk: Walk = { reader, files: [], filesMax, foldersLeft: asked.foldersMax, complete: true };
  const [before, after] = await Promise.all([folder(asked.before), folder(asked.after)]);
  if (before?.id !== after?.id) await compare(walk, inside === null ? '' : `${inside}/`, before, after);
  return { files: walk.files, complete: walk.complete };
}

async function compare(
  walk: Walk,
  prefix: string,
  before: Folder | null,
  after: Folder | null,
): Promise<void> {
  const earlier = byKey(before);
  const later = byKey(after);
  for (const key of [...new Set([...earlier.keys(), ...later.keys()])].sort()) {
    const [old, now] = [earlier.get(key) ?? null, later.get(key) ?? null];
    if (old === now) continue;
    const isFolder = key.endsWith('/');
    if (walk.files.length >= walk.filesMax || (isFolder && walk.foldersLeft <= 0)) {
      walk.complete = false;
      return;
    }
    if (!isFolder) {
      walk.files.push({ path: `${prefix}${key}`, before: old, after: now });
      continue;
    }
    walk.foldersLeft -= 1;
    const read = async (id: string | null): Promise<Folder | null> =>
      id === null ? null : readFolder(walk.reader, id);
    const [below, since] = await Promise.all([read(old), read(now)]);
    await compare(walk, `${prefix}${key}`, below, since);
    if (!walk.complete) return;
  }
}

/** Git sorts a folder as if its name ended with a slash; so the order of keys is that of whole paths. */
const byKey = (folder: Folder | null): ReadonlyMap<string, string> =>
  new Map(folder?.items.map(({ name, isFolder, object }) => [isFolder ? `${name}/` : name, object]));
