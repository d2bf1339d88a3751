/** zip file → zip file in which some entries have new content, are omitted or added, and everything else is kept byte for byte. */
import { crc32 } from 'node:zlib';
import { ArchiveError, streamRange, type UnpackBudget } from '../archive/index.ts';
import { deflateRaw, type DeflateLevel } from '../gzip/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import type { NumberPlace } from './central-directory.ts';
import { needsZip64, withDirectory } from './end-record.ts';
import { centralBytes as additionRecord, localBytes, type ZipAddition } from './new-entry.ts';
import { readLocalHeader } from './local-header.ts';
import { readZip, type ZipEntry } from './read-zip.ts';
import { inZip64, method, signature, viewOf } from './zip-fields.ts';

/** Opens the new content; called again where the packed bytes are too many to be kept until the header before them is known. */
export type ZipReplacement = () => AsyncIterable<Uint8Array>;

interface Written {
  readonly localOffset: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
}

export interface ZipChanges {
  /** null keeps the file. */
  replace?(entry: ZipEntry): Promise<ZipReplacement | null>;
  omit?(entry: ZipEntry): boolean;
  /** In front of all others, there and in the directory. */
  readonly first?: readonly ZipAddition[];
  /** Right behind the entry, there and in the directory. Asked once for each entry; what it gives isn't held any longer than it takes to write it. */
  after?(entry: ZipEntry): readonly ZipAddition[] | Promise<readonly ZipAddition[]>;
  /** Behind all others, there and in the directory. */
  readonly last?: readonly ZipAddition[];
}

/**
 * Order, names, times, attributes, extra fields, comments and
 * the compressed bytes of kept entries stay; replaced ones are packed with their own method, deflate at the
 * level that their flags state. An archive that readZip refuses, or with refused entries, is refused here too.
 */
export async function* rewriteZip(
  source: RandomAccessSource,
  budget: UnpackBudget,
  changes: ZipChanges,
): AsyncGenerator<Uint8Array> {
  const { entries, end } = await readZip(source, budget);
  const written = new Map<ZipEntry, Written>();
  const added: Added = { first: [], behind: new Map(), last: [] };
  let offset = 0;
  const add = function* (additions: readonly ZipAddition[], records: Uint8Array[]): Generator<Uint8Array> {
    for (const addition of additions) {
      records.push(additionRecord({ addition, localOffset: offset }));
      for (const chunk of localBytes(addition)) {
        offset += chunk.length;
        yield chunk;
      }
    }
  };
  yield* add(changes.first ?? [], added.first);
  const copying: { kept: Range | null } = { kept: null };
  const copyKept = async function* (): AsyncGenerator<Uint8Array> {
    const range = copying.kept;
    copying.kept = null;
    if (range === null) return;
    for await (const chunk of streamRange(source, range.start, range.end - range.start)) {
      offset += chunk.length;
      yield chunk;
    }
  };
  const packing = packAhead(inFileOrder(entries, changes), changes);
  for await (const { entry, packed } of packing) {
    if (packed === null) {
      const start = copying.kept?.start ?? entry.localOffset;
      // Entries that follow one another are copied together.
      written.set(entry, { ...entry, localOffset: offset + entry.localOffset - start });
      copying.kept = { start, end: entry.endOffset };
    } else {
      yield* copyKept();
      const now = { ...packed.written, localOffset: offset };
      written.set(entry, now);
      for await (const chunk of writeEntry(source, entry, now, packed.again())) {
        offset += chunk.length;
        yield chunk;
      }
    }
    const additions = (await changes.after?.(entry)) ?? [];
    // Where entries are left out, the next one needn't follow.
    if (additions.length > 0 || changes.omit !== undefined) yield* copyKept();
    const behind: Uint8Array[] = [];
    added.behind.set(entry, behind);
    yield* add(additions, behind);
  }
  yield* copyKept();
  yield* add(changes.last ?? [], added.last);
  const records = directory(entries, written, added);
  for (const record of records) yield record;
  const centralBytes = records.reduce((sum, { length }) => sum + length, 0);
  yield withDirectory(end, { entryCount: records.length, centralBytes, centralOffset: offset });
}

/** Records of what was added, by their place in the directory. */
interface Added {
  readonly first: Uint8Array[];
  readonly behind: Map<ZipEntry, readonly Uint8Array[]>;
  readonly last: Uint8Array[];
}

function directory(
  entries: readonly ZipEntry[],
  written: ReadonlyMap<ZipEntry, Written>,
  { first, behind, last }: Added,
): readonly Uint8Array[] {
  const kept = entries.flatMap((entry) => {
    const now = written.get(entry);
    return now === undefined ? [] : [centralRecord(entry, now), ...(behind.get(entry) ?? [])];
  });
  return [...first, ...kept, ...last];
}

/** Of the old archive. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Without those that are left out. Throws for what isn't rewritten. */
function* inFileOrder(entries: readonly ZipEntry[], changes: ZipChanges): Generator<ZipEntry> {
  for (const entry of [...entries].sort((left, right) => left.localOffset - right.localOffset)) {
    const issue = entry.issues[0];
    if (issue !== undefined) throw new ArchiveError(issue);
    if (changes.omit?.(entry) !== true) yield entry;
  }
}

/** How many new contents are packed at once: each takes a thread of zlib, and up to `keptBytesMax` of memory. */
const packedAheadMax = 3;
/** How many entries are looked at for one to be packed. */
const lookAheadMax = 256;

interface Next {
  readonly entry: ZipEntry;
  /** null: it is kept. */
  readonly packed: Packed | null;
}

/** Packs the next few new contents while the ones before are written. */
async function* packAhead(order: Iterable<ZipEntry>, changes: ZipChanges): AsyncGenerator<Next> {
  const waiting: { readonly entry: ZipEntry; readonly packed: Promise<Packed> | null }[] = [];
  const replacementOf = async (entry: ZipEntry): Promise<ZipReplacement | null> =>
    entry.type === 'file' ? ((await changes.replace?.(entry)) ?? null) : null;
  let packing = 0;
  const iterator = order[Symbol.iterator]();
  for (let isOver = false; ;) {
    while (!isOver && packing < packedAheadMax && waiting.length < lookAheadMax) {
      const next = iterator.next();
      isOver = next.done === true;
      if (next.done === true) break;
      const replacement = await replacementOf(next.value);
      const packed = replacement === null ? null : measure(next.value, replacement);
      // It is waited for in its turn.
      packed?.catch(() => undefined);
      packing += packed === null ? 0 : 1;
      waiting.push({ entry: next.value, packed });
    }
    const first = waiting.shift();
    if (first === undefined) return;
    yield { entry: first.entry, packed: await first.packed };
    packing -= first.packed === null ? 0 : 1;
  }
}

function pack(entry: ZipEntry, content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return entry.method === method.stored ? content : deflateRaw(content, levelOf(entry));
}

/** Bits 1 and 2 of the flags (APPNOTE §4.4.4): maximum, fast, super fast, or neither. */
function levelOf({ flags }: ZipEntry): DeflateLevel {
  switch (flags & 6) {
    case 2:
      return 9;
    case 4:
      return 3;
    case 6:
      return 1;
    default:
      return 6;
  }
}

/** Packed bytes up to this size are kept in memory, so that they are packed once. */
const keptBytesMax = 16 * 1024 * 1024;

interface Packed {
  readonly written: Omit<Written, 'localOffset'>;
  /** The packed bytes: as kept, or, where they are more than are kept, packed once more. */
  again(): AsyncIterable<Uint8Array>;
}

async function measure(entry: ZipEntry, replacement: ZipReplacement): Promise<Packed> {
  let checksum = 0;
  let sizeBytes = 0;
  let packedBytes = 0;
  let kept: Uint8Array[] | null = [];
  const counted = async function* () {
    for await (const chunk of replacement()) {
      checksum = crc32(chunk, checksum);
      sizeBytes += chunk.length;
      yield chunk;
    }
  };
  for await (const chunk of pack(entry, counted())) {
    packedBytes += chunk.length;
    if (packedBytes > keptBytesMax) kept = null;
    kept?.push(chunk);
  }
  const chunks = kept;
  return {
    written: { crc32: checksum, packedBytes, sizeBytes },
    again: () => (chunks === null ? pack(entry, replacement()) : inTurn(chunks)),
  };
}

async function* inTurn(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function* writeEntry(
  source: RandomAccessSource,
  entry: ZipEntry,
  now: Written,
  packed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const header = await readLocalHeader(source, entry);
  // A copy: what a source gives may be its own bytes.
  const bytes = Uint8Array.from(header.bytes);
  const view = viewOf(bytes);
  const sizes: readonly [NumberPlace, NumberPlace] =
    header.zip64At === null
      ? [
          { at: 22, bytes: 4 },
          { at: 18, bytes: 4 },
        ]
      : [
          { at: header.zip64At, bytes: 8 },
          { at: header.zip64At + 8, bytes: 8 },
        ];
  // A header that left its numbers to the data descriptor keeps them zero.
  const deferred = entry.descriptor !== null && view.getUint32(14, true) === 0 && entry.crc32 !== 0;
  if (!deferred) {
    view.setUint32(14, now.crc32, true);
    writeNumber(view, sizes[0], now.sizeBytes);
    writeNumber(view, sizes[1], now.packedBytes);
  }
  yield bytes;
  yield* packed;
  if (entry.descriptor !== null) {
    const { hasSignature, numberBytes } = entry.descriptor;
    const start = hasSignature ? 4 : 0;
    const descriptor = new DataView(new ArrayBuffer(start + 4 + 2 * numberBytes));
    if (hasSignature) descriptor.setUint32(0, signature.descriptor, true);
    descriptor.setUint32(start, now.crc32, true);
    writeNumber(descriptor, { at: start + 4, bytes: numberBytes }, now.packedBytes);
    writeNumber(descriptor, { at: start + 4 + numberBytes, bytes: numberBytes }, now.sizeBytes);
    yield new Uint8Array(descriptor.buffer);
  }
}

function centralRecord(entry: ZipEntry, now: Written): Uint8Array {
  const record = Uint8Array.from(entry.record);
  const view = viewOf(record);
  view.setUint32(16, now.crc32, true);
  writeNumber(view, entry.places.packed, now.packedBytes);
  writeNumber(view, entry.places.size, now.sizeBytes);
  writeNumber(view, entry.places.offset, now.localOffset);
  return record;
}

function writeNumber(view: DataView, place: NumberPlace, value: number): void {
  if (place.bytes === 8) {
    view.setBigUint64(place.at, BigInt(value), true);
    return;
  }
  if (value >= inZip64) throw needsZip64();
  view.setUint32(place.at, value, true);
}
