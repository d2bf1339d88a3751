/**
 * Index of one segment: what was signed and which places are bound, sorted, in a file. In memory are its directory (first key and
 * SHA-256 of each block) and a filter that tells most keys that aren't there without a read; the footer vouches for
 * both, and the directory for each block that is read.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { KeyHolderError } from '../protocol/index.ts';
import { segmentFix, type SegmentFooter } from './footer.ts';

/**
 * 'grant': the line with its signature. 'slot': what the first intent bound to one file of one request. 'asked': a grant that asked for a slot;
 * several where the policy's commit changed in between.
 */
export type IndexKind = 'grant' | 'slot' | 'asked';

export interface IndexEntry {
  readonly kind: IndexKind;
  /** Grant's id or, of both others, slot: 64 hexadecimal digits. */
  readonly key: string;
  /** Of a grant: SHA-256 of the line. Of a slot: of what is bound to it. Of one that was asked for: the grant's id. */
  readonly digest: string;
  /** Of the line, in the segment's file. */
  readonly offset: number;
  readonly length: number;
}

const kinds: readonly IndexKind[] = ['grant', 'slot', 'asked'];
const entriesOf = ({ signatures, slots, asked }: SegmentFooter): number => signatures + slots + asked;
const keyBytes = 33;
const entryBytes = keyBytes + 32 + 6 + 4;
const perBlock = 64;
const directoryEntryBytes = keyBytes + 32;
const filterBitsPerEntry = 10;
/** As many as the key has words of 32 bits but one. */
const filterProbes = 7;

const keyOf = (kind: IndexKind, key: string): Buffer =>
  Buffer.concat([Buffer.from([kinds.indexOf(kind)]), Buffer.from(key, 'hex')]);
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** → the file's bytes, and what the footer says of it. */
export function buildIndex(entries: readonly IndexEntry[]): {
  readonly bytes: Buffer;
  readonly described: SegmentFooter['index'];
} {
  const sorted = entries
    .map((entry) => ({ entry, key: keyOf(entry.kind, entry.key) }))
    .toSorted((one, other) => one.key.compare(other.key));
  const table = Buffer.alloc(sorted.length * entryBytes);
  const filter = Buffer.alloc(Math.max(8, Math.ceil((sorted.length * filterBitsPerEntry) / 8)));
  for (const [at, { entry, key }] of sorted.entries()) {
    const start = at * entryBytes;
    key.copy(table, start);
    table.write(entry.digest, start + keyBytes, 'hex');
    table.writeUIntBE(entry.offset, start + keyBytes + 32, 6);
    table.writeUInt32BE(entry.length, start + keyBytes + 38);
    for (const bit of bitsOf(key, filter)) filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }
  const directory: Buffer[] = [];
  for (let start = 0; start < table.length; start += perBlock * entryBytes) {
    const block = table.subarray(start, start + perBlock * entryBytes);
    directory.push(block.subarray(0, keyBytes), sha256(block));
  }
  const end = Buffer.concat([...directory, filter]);
  return {
    bytes: Buffer.concat([table, end]),
    described: {
      blocks: directory.length / 2,
      filterBytes: filter.length,
      sha256: sha256(end).toString('hex'),
    },
  };
}

/** The keys are digests: their own bytes are as good as hashes of them. */
function* bitsOf(key: Buffer, filter: Buffer): Generator<number> {
  for (let probe = 0; probe < filterProbes; probe += 1)
    yield key.readUInt32BE(1 + probe * 4) % (filter.length * 8);
}

export class SegmentIndex {
  readonly #file: string;
  readonly #blocks: number;
  readonly #entries: number;
  readonly #directory: Buffer;
  readonly #filter: Buffer;

  private constructor(file: string, footer: SegmentFooter, end: Buffer) {
    this.#file = file;
    this.#blocks = footer.index.blocks;
    this.#entries = entriesOf(footer);
    this.#directory = end.subarray(0, this.#blocks * directoryEntryBytes);
    this.#filter = end.subarray(this.#directory.length);
  }

  /** Reads directory and filter. Throws JOURNAL_TAMPERED where they aren't what the footer says, or there is no file. */
  static async open(file: string, footer: SegmentFooter): Promise<SegmentIndex> {
    const entries = entriesOf(footer);
    const end = Buffer.alloc(footer.index.blocks * directoryEntryBytes + footer.index.filterBytes);
    const isRight =
      Math.ceil(entries / perBlock) === footer.index.blocks &&
      (await withFile(file, async (handle) => {
        await handle.read(end, 0, end.length, entries * entryBytes);
        return sha256(end).toString('hex') === footer.index.sha256;
      }));
    if (isRight) return new SegmentIndex(file, footer, end);
    throw new KeyHolderError(
      'JOURNAL_TAMPERED',
      `${file} is missing or isn't the index that its footer names; ${segmentFix}`,
    );
  }

  /** The entry of a grant or slot. Mostly one block is read. Throws JOURNAL_TAMPERED where a block isn't what the directory says. */
  async find(kind: IndexKind, key: string): Promise<IndexEntry | null> {
    return (await this.findAll(kind, key))[0] ?? null;
  }

  /** Of a key that may have several entries, which lie beside one another. */
  async findAll(kind: IndexKind, key: string): Promise<readonly IndexEntry[]> {
    const wanted = keyOf(kind, key);
    for (const bit of bitsOf(wanted, this.#filter))
      if (((this.#filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return [];
    const found: IndexEntry[] = [];
    for (let at = this.#blockOf(wanted); at >= 0; at -= 1) {
      const block = await this.#read(at);
      for (let start = 0; start < block.length; start += entryBytes)
        if (wanted.compare(block, start, start + keyBytes) === 0) found.push(entryAt(block, start));
      // Blocks before one that begins with this key may end with it.
      if (wanted.compare(block, 0, keyBytes) !== 0) break;
    }
    return found;
  }

  /** All entries, block by block. */
  async *entries(): AsyncGenerator<IndexEntry> {
    for (let at = 0; at < this.#blocks; at += 1) {
      const block = await this.#read(at);
      for (let start = 0; start < block.length; start += entryBytes) yield entryAt(block, start);
    }
  }

  /** The last block whose first key isn't above; -1: none. */
  #blockOf(wanted: Buffer): number {
    let [low, high] = [0, this.#blocks];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = middle * directoryEntryBytes;
      if (wanted.compare(this.#directory, start, start + keyBytes) < 0) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  async #read(at: number): Promise<Buffer> {
    const count = Math.min(perBlock, this.#entries - at * perBlock);
    const block = Buffer.alloc(count * entryBytes);
    const start = at * directoryEntryBytes + keyBytes;
    const isRight = await withFile(this.#file, async (handle) => {
      await handle.read(block, 0, block.length, at * perBlock * entryBytes);
      return sha256(block).compare(this.#directory, start, start + 32) === 0;
    });
    if (isRight) return block;
    throw new KeyHolderError(
      'JOURNAL_TAMPERED',
      `${this.#file}: block ${at} isn't what was written; ${segmentFix}`,
    );
  }
}

function entryAt(block: Buffer, start: number): IndexEntry {
  return {
    kind: kinds[block[start] ?? 0] ?? 'grant',
    key: block.toString('hex', start + 1, start + keyBytes),
    digest: block.toString('hex', start + keyBytes, start + keyBytes + 32),
    offset: block.readUIntBE(start + keyBytes + 32, 6),
    length: block.readUInt32BE(start + keyBytes + 38),
  };
}

/** false where there is no such file. */
async function withFile(file: string, work: (handle: FileHandle) => Promise<boolean>): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
