/**
 * The directory of a compound file, [MS-CFB] §2.6: entries of 128 bytes, each storage's children a binary tree.
 * ```
 *  0 name, UTF-16LE 64 · 64 bytes of the name with its NUL · 66 type: 1 storage, 2 stream, 5 root, 0 unused
 * 67 colour: 0 red, 1 black · 68 left sibling · 72 right sibling · 76 child · 80 CLSID 16 · 96 state bits 4
 * 100 created 8 · 108 modified 8 · 116 first sector · 120 size 8, in version 3 its low 4 bytes alone
 * ```
 * Whether a tree is in order is no matter here: all of it is read, and what is written has one of its own.
 */
import type { RandomAccessSource } from '../random-access.ts';
import { CfbError } from './errors.ts';
import { fileSizeMax, noEntry, type Header } from './header.ts';
import { readSector, sectorOffset } from './sectors.ts';

export const entryBytes = 128;
/** Installers have some hundred, one for each table and each embedded file. */
export const entriesMax = 65_536;
/** Storages inside one another. */
const depthMax = 16;

export interface Entry {
  /** The entry's 128 bytes as they stand in the file. */
  readonly record: Buffer;
  readonly name: string;
  /** Byte offset of the entry in the file. */
  readonly offset: number;
}

export interface StreamEntry extends Entry {
  readonly type: 'stream';
  readonly first: number;
  readonly sizeBytes: number;
}

export interface StorageEntry extends Entry {
  readonly type: 'root' | 'storage';
  readonly children: readonly (StorageEntry | StreamEntry)[];
}

export interface Directory {
  readonly root: StorageEntry;
  /** Of the root's entry: where the mini stream is. */
  readonly mini: { readonly first: number; readonly sizeBytes: number };
}

const typeCodes = { storage: 1, stream: 2, root: 5 } as const;

/** `sectors`: those of the directory, in order. */
export async function readDirectory(
  source: RandomAccessSource,
  header: Header,
  sectors: Uint32Array,
): Promise<Directory> {
  const records: Entry[] = [];
  for (const sector of sectors) {
    const bytes = await readSector(source, header, sector, 'the directory');
    for (let at = 0; at < bytes.length; at += entryBytes) {
      const record = bytes.subarray(at, at + entryBytes);
      records.push({ record, offset: sectorOffset(header, sector) + at, name: '' });
    }
  }
  const [root] = records;
  if (root?.record[66] !== typeCodes.root)
    throw new CfbError('BAD_ENTRY', root?.offset ?? 48, 'its directory does not begin with a root');
  const reader = new TreeReader(records, header.version);
  const { first, sizeBytes } = reader.place(root);
  return { root: reader.storage(0, 0), mini: { first, sizeBytes } };
}

class TreeReader {
  readonly #records: readonly Entry[];
  readonly #version: 3 | 4;
  readonly #seen = new Set<number>();

  constructor(records: readonly Entry[], version: 3 | 4) {
    this.#records = records;
    this.#version = version;
  }

  storage(index: number, depth: number): StorageEntry {
    const entry = this.#take(index);
    if (depth > depthMax)
      throw new CfbError('TOO_LARGE', entry.offset, `its storages are nested more than ${depthMax} deep`);
    const names = new Set<string>();
    const children = this.#siblings(entry.record.readUInt32LE(76)).map((child) => {
      const found = this.#child(child, depth);
      // Windows finds names whatever their case.
      const key = foldedName(found.name);
      if (names.has(key))
        throw new CfbError(
          'DUPLICATE_NAME',
          found.offset,
          `two of its entries are named alike: ${shown(found)}`,
        );
      names.add(key);
      return found;
    });
    return { ...entry, type: index === 0 ? 'root' : 'storage', children };
  }

  /** Numbers of a tree's entries, in its order. Trees may be as deep as they have entries: osslsigncode writes them so. */
  #siblings(top: number): readonly number[] {
    const ordered: number[] = [];
    const path: number[] = [];
    const met = new Set<number>();
    for (let at = top; at !== noEntry || path.length > 0;) {
      while (at !== noEntry) {
        const { record, offset } = this.#at(at);
        if (met.has(at) || this.#seen.has(at))
          throw new CfbError('BAD_ENTRY', offset, 'an entry of its directory is in the tree twice');
        met.add(at);
        path.push(at);
        at = record.readUInt32LE(68);
      }
      const last = path.pop() ?? 0;
      ordered.push(last);
      at = this.#at(last).record.readUInt32LE(72);
    }
    return ordered;
  }

  #child(index: number, depth: number): StorageEntry | StreamEntry {
    const { record, offset } = this.#at(index);
    const type = record[66];
    if (type === typeCodes.storage) return this.storage(index, depth + 1);
    if (type !== typeCodes.stream)
      throw new CfbError('BAD_ENTRY', offset, `an entry of its directory is of type ${type ?? 0}`);
    const entry = this.#take(index);
    if (record.readUInt32LE(76) !== noEntry)
      throw new CfbError('BAD_ENTRY', offset, `the stream ${shown(entry)} has children`);
    // §2.6.1: only storages have one. No digest of Windows Installer counts a stream's.
    if (record.subarray(80, 96).some((byte) => byte !== 0))
      throw new CfbError('BAD_ENTRY', offset, `the stream ${shown(entry)} has a class identifier`);
    return { ...entry, type: 'stream', ...this.place(entry) };
  }

  place({ record, offset }: Entry): { readonly first: number; readonly sizeBytes: number } {
    const high = this.#version === 4 ? record.readUInt32LE(124) : 0;
    const sizeBytes = record.readUInt32LE(120) + high * 2 ** 32;
    if (sizeBytes > fileSizeMax)
      throw new CfbError('BAD_ENTRY', offset, `an entry of its directory says ${sizeBytes} bytes`);
    return { first: record.readUInt32LE(116), sizeBytes };
  }

  #take(index: number): Entry {
    const entry = this.#at(index);
    if (this.#seen.has(index))
      throw new CfbError('BAD_ENTRY', entry.offset, 'an entry of its directory is in the tree twice');
    this.#seen.add(index);
    return { ...entry, name: readName(entry) };
  }

  #at(index: number): Entry {
    const entry = this.#records[index];
    if (entry === undefined)
      throw new CfbError('BAD_ENTRY', 48, `its directory has no entry ${index}, but another one names it`);
    return entry;
  }
}

/** §2.6.1: at most 31 characters and a NUL. */
function readName({ record, offset }: Entry): string {
  const length = record.readUInt16LE(64);
  const valid = length >= 4 && length <= 64 && length % 2 === 0 && record.readUInt16LE(length - 2) === 0;
  const name = valid ? record.toString('utf16le', 0, length - 2) : '';
  if (!valid || /[\0/\\:!]/.test(name))
    throw new CfbError('BAD_ENTRY', offset, 'an entry of its directory has no valid name');
  return name;
}

function shown({ name }: Pick<Entry, 'name'>): string {
  return JSON.stringify(name).replaceAll(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** §2.6.4: each UTF-16 unit in upper case, where that is one unit, too. */
export function foldedName(name: string): string {
  return name.replaceAll(/[^]/g, (unit) => {
    const upper = unit.toUpperCase();
    return upper.length === 1 ? upper : unit;
  });
}

/** The order of a storage's tree, §2.6.4: shorter names first, then by folded units. */
export function compareNames(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  const [first, second] = [foldedName(one), foldedName(other)];
  return first < second ? -1 : first > second ? 1 : 0;
}
