/** A repository's files as Git names them: blobs, trees and the commit that holds them. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

export type FileMode = '100644' | '100755' | '120000';
export type HostedFile = string | { readonly bytes: Uint8Array; readonly mode: FileMode };

export interface Entry {
  readonly name: string;
  readonly path: string;
  readonly mode: FileMode | '040000';
  readonly type: 'blob' | 'tree';
  readonly sha: string;
  /** Of blobs. */
  readonly size?: number;
}

export interface Tree {
  readonly sha: string;
  readonly entries: readonly Entry[];
}

/** Folder's path, '' for the root → its tree. */
export type Trees = ReadonlyMap<string, Tree>;

export const sha1 = (bytes: string | Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

const named = (type: string, bytes: Uint8Array): string =>
  sha1(Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]));

export const bytesOf = (file: HostedFile): Buffer =>
  typeof file === 'string' ? Buffer.from(file, 'utf8') : Buffer.from(file.bytes);

export function blobOf(path: string, file: HostedFile): Entry {
  const bytes = bytesOf(file);
  const mode = typeof file === 'string' ? '100644' : file.mode;
  const name = path.split('/').at(-1) ?? path;
  return { name, path, mode, type: 'blob', sha: named('blob', bytes), size: bytes.length };
}

/** Git sorts a folder as if its name ended in a slash. */
const sortKey = ({ name, type }: Entry): Buffer => Buffer.from(type === 'tree' ? `${name}/` : name);

export function treesOf(files: ReadonlyMap<string, HostedFile>): Trees {
  const children = new Map<string, Entry[]>([['', []]]);
  for (const [path, file] of files) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      if (!children.has(folder)) children.set(folder, []);
    }
    children.get(parts.slice(0, -1).join('/'))?.push(blobOf(path, file));
  }
  const trees = new Map<string, Tree>();
  // The longest path first: a folder's name depends on the names of those in it.
  for (const folder of [...children.keys()].sort((one, other) => other.length - one.length)) {
    const entries = (children.get(folder) ?? []).sort((one, other) =>
      Buffer.compare(sortKey(one), sortKey(other)),
    );
    const tree = { sha: named('tree', Buffer.concat(entries.map(treeLine))), entries };
    trees.set(folder, tree);
    if (folder === '') continue;
    const cut = folder.lastIndexOf('/');
    const name = folder.slice(cut + 1);
    const parent = cut < 0 ? '' : folder.slice(0, cut);
    children.get(parent)?.push({ name, path: folder, mode: '040000', type: 'tree', sha: tree.sha });
  }
  return trees;
}

function treeLine({ mode, name, sha }: Entry): Buffer {
  return Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), Buffer.from(sha, 'hex')]);
}

/** All below a folder, each with its whole path from the repository's root, folders before what is in them. */
export function below(trees: Trees, folder: string): readonly Entry[] {
  const list: Entry[] = [];
  const waiting = [...(trees.get(folder)?.entries ?? [])].reverse();
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    list.push(entry);
    if (entry.type === 'tree') waiting.push(...[...(trees.get(entry.path)?.entries ?? [])].reverse());
  }
  return list;
}

export const commitOf = (repositoryId: number, trees: Trees, date: string): string =>
  sha1(`commit of ${repositoryId}: ${trees.get('')?.sha ?? ''} ${date}`);
