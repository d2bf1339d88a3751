/** The content of an archive, as our inspector lists it and as it is in a folder after a program has unpacked it. */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { containers, type ArchiveType } from '#core/formats/archive-formats.ts';
import {
  ArchiveError,
  defaultUnpackLimits,
  NameRegistry,
  UnpackBudget,
} from '#core/formats/archive/index.ts';
import { memorySource } from '#core/formats/random-access.ts';

export interface Item {
  readonly type: 'file' | 'directory' | 'symbolic link' | 'other';
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Of a symbolic link. */
  readonly target: string | null;
  /** How many names the file has. */
  readonly links: number;
}

/** By path, in bytes (latin1), so that nothing is taken for the same that isn't. */
export type Listing = ReadonlyMap<string, Item>;

const folder: Item = { type: 'directory', sizeBytes: 0, sha256: '', target: null, links: 0 };

/** Bytes of an archive → what the inspector lists, or why it refuses: the first reason's code and words. */
export async function inspected(
  type: ArchiveType,
  bytes: Uint8Array,
): Promise<{ readonly listing: Listing } | { readonly refused: string }> {
  const listing = new Map<string, Item>();
  const names = new NameRegistry();
  try {
    const budget = new UnpackBudget(defaultUnpackLimits);
    for await (const entry of containers[type].open(memorySource(bytes), budget)) {
      const collision = entry.path === '' ? null : names.add(entry.path, entry.type);
      const issue = entry.issues[0] ?? collision;
      if (issue !== null) return { refused: `${issue.code}: ${issue.message}` };
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry.content) chunks.push(Uint8Array.from(chunk));
      const content = Buffer.concat(chunks);
      const path = Buffer.from(entry.path).toString('latin1');
      for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
        listing.set(path.slice(0, at), folder);
      if (entry.type === 'directory') {
        if (path !== '') listing.set(path, folder);
        continue;
      }
      listing.set(path, fileOf(content, 1));
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return { refused: `${error.code}: ${error.message}` };
  }
  return { listing };
}

function fileOf(content: Uint8Array, links: number): Item {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { type: 'file', sizeBytes: content.length, sha256, target: null, links };
}

/** Everything in a folder, deep. */
export async function unpacked(root: string): Promise<Listing> {
  const listing = new Map<string, Item>();
  const walk = async (place: Buffer, prefix: string): Promise<void> => {
    for (const name of await readdir(place, { encoding: 'buffer' })) {
      const path = Buffer.concat([place, Buffer.from('/'), name]);
      const shown = `${prefix}${name.toString('latin1')}`;
      const status = await lstat(path);
      if (status.isDirectory()) {
        listing.set(shown, folder);
        await walk(path, `${shown}/`);
      } else if (status.isFile()) {
        listing.set(shown, fileOf(await readFile(path), status.nlink));
      } else {
        const isLink = status.isSymbolicLink();
        const target = isLink ? (await readlink(path, { encoding: 'buffer' })).toString('latin1') : null;
        const type = isLink ? 'symbolic link' : 'other';
        listing.set(shown, { type, sizeBytes: 0, sha256: '', target, links: status.nlink });
      }
    }
  };
  await walk(Buffer.from(root), '');
  return listing;
}
