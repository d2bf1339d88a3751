/**
 * Writes a compound file anew, laid out from its first sector to its last: DIFAT, FAT, directory, mini FAT, mini stream, then each large
 * stream in one piece. Nothing is free, so nothing is carried along that no stream holds. Version, CLSIDs, state bits and times stay.
 * Everything is known from sizes alone, so that it is written as it is read, with no more in memory than the tables.
 */
import { readChunks, type RandomAccessSource } from '../random-access.ts';
import { compareNames, entryBytes, type StorageEntry, type StreamEntry } from './directory.ts';
import type { CompoundFile } from './compound-file.ts';
import { CfbError } from './errors.ts';
import {
  difatSector,
  endOfChain,
  fatSector,
  fileSizeMax,
  freeSector,
  headerBytes,
  headerDifatEntries,
  miniCutoff,
  miniSectorBytes,
  noEntry,
} from './header.ts';

/** A stream that is added to the root. */
export interface AddedStream {
  readonly name: string;
  readonly content: RandomAccessSource;
}

/** What a stream is to hold. */
export interface StreamContent {
  readonly sizeBytes: number;
  /** Can be read once. */
  content(): AsyncIterable<Uint8Array>;
}

export interface StreamChanges {
  /** In the root; what has the same names should be left out. */
  readonly added?: readonly AddedStream[];
  /** Whose name, attributes and place in the tree stay. */
  readonly replaced?: ReadonlyMap<StreamEntry, StreamContent>;
  /** Of the root's children those that are left out. */
  readonly without?: (entry: StorageEntry | StreamEntry) => boolean;
}

interface Planned {
  /** Its own bytes in the directory, filled as places become known. */
  readonly record: Buffer;
  readonly name: string;
  readonly children: readonly Planned[];
  readonly content: StreamContent | null;
}

const sectorsOf = (bytes: number, sectorBytes: number): number => Math.ceil(bytes / sectorBytes);

/** The same file, with these changes and no others. */
export function writeCompoundFile(file: CompoundFile, changes: StreamChanges): AsyncGenerator<Uint8Array> {
  const root = plan(file, file.root, changes, (changes.added ?? []).map(planAdded));
  const entries = [root];
  for (const entry of entries) {
    link(entry, entries.length);
    entries.push(...entry.children);
  }
  return emit(file, entries, layOut(file, entries));
}

function plan(
  file: CompoundFile,
  entry: StorageEntry | StreamEntry,
  changes: StreamChanges,
  more: readonly Planned[] = [],
): Planned {
  const record = Buffer.from(entry.record);
  const { name } = entry;
  if (entry.type === 'stream') {
    const content = changes.replaced?.get(entry) ?? contentOf(file.open(entry));
    return { record, name, children: [], content };
  }
  const kept = entry.children
    .filter((child) => !(entry.type === 'root' && changes.without?.(child) === true))
    .map((child) => plan(file, child, changes));
  const children = [...kept, ...more].sort((one, other) => compareNames(one.name, other.name));
  return { record, name, children, content: null };
}

function contentOf(source: RandomAccessSource): StreamContent {
  return { sizeBytes: source.size, content: () => readChunks(source, 0, source.size) };
}

function planAdded({ name, content }: AddedStream): Planned {
  const record = Buffer.alloc(entryBytes);
  record.write(name, 0, 'utf16le');
  record.writeUInt16LE((name.length + 1) * 2, 64);
  record[66] = 2;
  return { record, name, children: [], content: contentOf(content) };
}

/** A storage's children become a red-black tree, [MS-CFB] §2.6.4: halved again and again, the lowest level red. They stand from `first` on. */
function link({ record, children }: Planned, first: number): void {
  record.writeUInt32LE(noEntry, 76);
  const lowest = Math.floor(Math.log2(Math.max(1, children.length)));
  const half = (start: number, end: number, level: number): number => {
    if (start >= end) return noEntry;
    const middle = Math.floor((start + end) / 2);
    const child = children[middle];
    if (child === undefined) return noEntry;
    child.record[67] = level === lowest && level > 0 ? 0 : 1;
    child.record.writeUInt32LE(half(start, middle, level + 1), 68);
    child.record.writeUInt32LE(half(middle + 1, end, level + 1), 72);
    return first + middle;
  };
  record.writeUInt32LE(half(0, children.length, 0), 76);
}

interface Layout {
  readonly difat: number;
  readonly fat: number;
  readonly directory: number;
  readonly miniFat: number;
  /** Sectors of the mini stream. */
  readonly mini: number;
  readonly small: readonly Planned[];
  readonly large: readonly Planned[];
  /** All sectors but the header's. */
  readonly total: number;
}

function layOut({ header }: CompoundFile, entries: readonly Planned[]): Layout {
  const { sectorBytes } = header;
  const streams = entries.filter(({ content }) => content !== null);
  const sizeOf = ({ content }: Planned): number => content?.sizeBytes ?? 0;
  const small = streams.filter((entry) => sizeOf(entry) > 0 && sizeOf(entry) < miniCutoff);
  const large = streams.filter((entry) => sizeOf(entry) >= miniCutoff);
  const miniParts = small.reduce((sum, entry) => sum + sectorsOf(sizeOf(entry), miniSectorBytes), 0);
  const mini = sectorsOf(miniParts * miniSectorBytes, sectorBytes);
  const miniFat = sectorsOf(miniParts * 4, sectorBytes);
  const directory = sectorsOf(entries.length * entryBytes, sectorBytes);
  const data = large.reduce((sum, entry) => sum + sectorsOf(sizeOf(entry), sectorBytes), 0);
  const rest = directory + miniFat + mini + data;
  const perSector = sectorBytes / 4;
  let [fat, difat] = [0, 0];
  for (let before = -1; before !== fat + difat;) {
    before = fat + difat;
    fat = Math.ceil((rest + before) / perSector);
    difat = Math.ceil(Math.max(0, fat - headerDifatEntries) / (perSector - 1));
  }
  const total = rest + fat + difat;
  if ((total + 1) * sectorBytes > fileSizeMax)
    throw new CfbError('TOO_LARGE', 0, `it would have more than ${fileSizeMax} bytes when signed`);
  return { difat, fat, directory, miniFat, mini, small, large, total };
}

async function* emit(
  { header }: CompoundFile,
  entries: readonly Planned[],
  layout: Layout,
): AsyncGenerator<Uint8Array> {
  const { sectorBytes } = header;
  const { difat, fat, directory, miniFat, mini, small, large, total } = layout;
  const table = new SectorTable(fat * (sectorBytes / 4));
  table.mark(difat, difatSector);
  const firstFat = table.mark(fat, fatSector);
  const firstDirectory = table.chain(directory);
  const firstMiniFat = table.chain(miniFat);
  const firstMini = table.chain(mini);
  for (const { record, content } of large)
    writePlace(record, table.chain(sectorsOf(content?.sizeBytes ?? 0, sectorBytes)), content?.sizeBytes ?? 0);
  const parts = new SectorTable(miniFat * (sectorBytes / 4));
  for (const { record, content } of small)
    writePlace(
      record,
      parts.chain(sectorsOf(content?.sizeBytes ?? 0, miniSectorBytes)),
      content?.sizeBytes ?? 0,
    );
  for (const { record, content } of entries) {
    if (content === null) writePlace(record, 0, 0);
    else if (content.sizeBytes === 0) writePlace(record, endOfChain, 0);
  }
  const [root] = entries;
  if (root !== undefined) {
    root.record.writeUInt32LE(noEntry, 68);
    root.record.writeUInt32LE(noEntry, 72);
    root.record[67] = 1;
    writePlace(root.record, firstMini, parts.used * miniSectorBytes);
  }

  const numbers = Array.from({ length: fat }, (_, index) => firstFat + index);
  const start = Buffer.alloc(sectorBytes);
  header.bytes.copy(start, 0, 0, headerBytes);
  start.writeUInt32LE(header.version === 4 ? directory : 0, 40);
  start.writeUInt32LE(fat, 44);
  start.writeUInt32LE(firstDirectory, 48);
  start.writeUInt32LE(firstMiniFat, 60);
  start.writeUInt32LE(miniFat, 64);
  start.writeUInt32LE(difat === 0 ? endOfChain : 0, 68);
  start.writeUInt32LE(difat, 72);
  writeNumbers(start.subarray(76, headerBytes), numbers.slice(0, headerDifatEntries));
  yield start;
  const perSector = sectorBytes / 4 - 1;
  for (let index = 0; index < difat; index += 1) {
    const from = headerDifatEntries + index * perSector;
    const sector = Buffer.alloc(sectorBytes);
    writeNumbers(sector.subarray(0, -4), numbers.slice(from, from + perSector));
    sector.writeUInt32LE(index + 1 === difat ? endOfChain : index + 1, sectorBytes - 4);
    yield sector;
  }
  yield table.bytes;
  yield* padded([Buffer.concat(entries.map(({ record }) => record))], directory * sectorBytes, unusedEntry);
  yield parts.bytes;
  yield* padded(inParts(small), mini * sectorBytes);
  for (const { content } of large) {
    if (content === null) continue;
    yield* padded(exactly(content), sectorsOf(content.sizeBytes, sectorBytes) * sectorBytes);
  }
  if (table.used !== total) throw new CfbError('TOO_LARGE', 0, 'its sectors were miscounted');
}

/** A FAT: chains one after the other, each in one piece. */
class SectorTable {
  readonly bytes: Buffer;
  #used = 0;

  constructor(entries: number) {
    this.bytes = Buffer.alloc(entries * 4, 0xff);
  }

  get used(): number {
    return this.#used;
  }

  /** → the first sector, or that there is none. */
  chain(count: number): number {
    const first = this.#used;
    for (let index = 1; index <= count; index += 1) this.#put(index === count ? endOfChain : first + index);
    return count === 0 ? endOfChain : first;
  }

  mark(count: number, value: number): number {
    const first = this.#used;
    for (let index = 0; index < count; index += 1) this.#put(value);
    return first;
  }

  #put(value: number): void {
    this.bytes.writeUInt32LE(value, this.#used * 4);
    this.#used += 1;
  }
}

function writePlace(record: Buffer, first: number, sizeBytes: number): void {
  record.writeUInt32LE(first, 116);
  record.writeUInt32LE(sizeBytes, 120);
  record.writeUInt32LE(0, 124);
}

function writeNumbers(bytes: Buffer, numbers: readonly number[]): void {
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(numbers[at / 4] ?? freeSector, at);
}

/** §2.6.3: all zeros but for the three numbers of other entries. */
const unusedEntry = Buffer.alloc(entryBytes);
unusedEntry.fill(0xff, 68, 80);

async function* inParts(streams: readonly Planned[]): AsyncGenerator<Uint8Array> {
  for (const { content } of streams) {
    if (content === null) continue;
    const sizeBytes = sectorsOf(content.sizeBytes, miniSectorBytes) * miniSectorBytes;
    yield* padded(exactly(content), sizeBytes);
  }
}

/** Where everything lies was decided by its size. */
async function* exactly(stream: StreamContent): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of stream.content()) {
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes !== stream.sizeBytes)
    throw new CfbError('BAD_CHAIN', 0, `a stream that was to have ${stream.sizeBytes} bytes has ${bytes}`);
}

/** Up to `size` bytes with `filling` again and again, zeros if there is none. */
async function* padded(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
  filling?: Uint8Array,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes < size) yield Buffer.alloc(size - bytes, filling ?? 0);
}
