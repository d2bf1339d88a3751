/**
 * Compound files, [MS-CFB]: a file system in a file, with storages for folders and streams for files. Windows Installer's databases, old
 * Office documents and others are such files. All of the structure is read at once and held to the rules; streams are read where they are.
 */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { readDirectory, entriesMax, entryBytes, type StorageEntry, type StreamEntry } from './directory.ts';
import { CfbError } from './errors.ts';
import { endOfChain, headerBytes, miniCutoff, miniSectorBytes, readHeader, type Header } from './header.ts';
import { Chains, Claims, readFat, readTable, sectorOffset } from './sectors.ts';

/** A mini stream larger than all streams that it could hold is no mini stream. */
const miniBytesMax = entriesMax * miniCutoff;

export interface CompoundFile {
  readonly header: Header;
  readonly root: StorageEntry;
  /** Storages and streams, the root's first. */
  readonly streams: readonly StreamEntry[];
  open(stream: StreamEntry): RandomAccessSource;
  /** Byte ranges of the file that belong to nothing: free sectors, and what follows the last byte of a stream in its last sector. */
  gaps(): Iterable<{ readonly start: number; readonly end: number }>;
}

interface Placed {
  readonly sectors: Uint32Array;
  readonly mini: boolean;
}

export async function readCompoundFile(source: RandomAccessSource): Promise<CompoundFile> {
  const header = await readHeader(source);
  const { sectorBytes } = header;
  const fat = await readFat(source, header);
  const directoryMax = (entriesMax * entryBytes) / sectorBytes;
  const directory = fat.whole(header.firstDirectory, directoryMax, 'the directory');
  const { root, mini } = await readDirectory(source, header, directory);
  const miniFat =
    header.miniFatSectors === 0 && header.firstMiniFat !== endOfChain
      ? new Uint32Array(0)
      : fat.whole(
          header.firstMiniFat,
          (2 * miniBytesMax) / miniSectorBytes / (sectorBytes / 4),
          'the mini FAT',
        );
  if (mini.sizeBytes > miniBytesMax)
    throw new CfbError('TOO_LARGE', root.offset, `its mini stream has ${mini.sizeBytes} bytes`);
  const miniSectors =
    mini.sizeBytes === 0
      ? new Uint32Array(0)
      : fat.whole(mini.first, 2 * Math.ceil(miniBytesMax / sectorBytes), 'the mini stream');
  if (miniSectors.length * sectorBytes < mini.sizeBytes)
    throw new CfbError('BAD_CHAIN', root.offset, 'its mini stream ends before its last byte');
  const miniStream = sourceOf(source, miniSectors, sectorBytes, mini.sizeBytes, (at) =>
    sectorOffset(header, at),
  );
  const parts = new Claims(Math.ceil(mini.sizeBytes / miniSectorBytes));
  const miniChains = new Chains(
    await readTable(source, header, miniFat, 'the mini FAT'),
    parts,
    () => root.offset,
  );
  const streams = [...streamsOf(root)];
  const places = new Map<StreamEntry, Placed>();
  for (const stream of streams) places.set(stream, place(stream, fat, miniChains, header));

  const placeOfPart = (part: number): number => {
    const at = part * miniSectorBytes;
    return sectorOffset(header, miniSectors[Math.floor(at / sectorBytes)] ?? 0) + (at % sectorBytes);
  };

  return {
    header,
    root,
    streams,
    open(stream) {
      const { sectors, mini: isMini } = places.get(stream) ?? { sectors: new Uint32Array(0), mini: false };
      const { sizeBytes } = stream;
      return isMini
        ? sourceOf(miniStream, sectors, miniSectorBytes, sizeBytes, (at) => at * miniSectorBytes)
        : sourceOf(source, sectors, sectorBytes, sizeBytes, (at) => sectorOffset(header, at));
    },
    *gaps() {
      if (header.version === 4) yield { start: headerBytes, end: sectorBytes };
      for (let sector = 0; sector < header.sectorCount; sector += 1) {
        if (fat.claims.has(sector)) continue;
        const start = sectorOffset(header, sector);
        while (sector + 1 < header.sectorCount && !fat.claims.has(sector + 1)) sector += 1;
        yield upTo(start, sectorOffset(header, sector + 1), source.size);
      }
      for (const [index, sector] of miniSectors.entries()) {
        const start = sectorOffset(header, sector);
        for (let at = 0; at < sectorBytes; at += miniSectorBytes) {
          const isFree = !parts.has((index * sectorBytes + at) / miniSectorBytes);
          if (isFree) yield upTo(start + at, start + at + miniSectorBytes, source.size);
        }
      }
      for (const [{ sizeBytes }, { sectors, mini: isMini }] of places) {
        const last = sectors.at(-1);
        if (last === undefined) continue;
        const [unit, at] = isMini
          ? [miniSectorBytes, placeOfPart(last)]
          : [sectorBytes, sectorOffset(header, last)];
        const used = sizeBytes % unit || unit;
        if (used < unit) yield upTo(at + used, at + unit, source.size);
      }
    },
  };
}

const upTo = (
  start: number,
  end: number,
  size: number,
): { readonly start: number; readonly end: number } => ({
  start: Math.min(start, size),
  end: Math.min(end, size),
});

/** Every stream, a storage's before those of the next. */
function* streamsOf(storage: StorageEntry): Generator<StreamEntry> {
  for (const child of storage.children) {
    if (child.type === 'stream') yield child;
    else yield* streamsOf(child);
  }
}

function place(stream: StreamEntry, fat: Chains, miniFat: Chains, { sectorBytes }: Header): Placed {
  const { sizeBytes, first, offset } = stream;
  const mini = sizeBytes < miniCutoff;
  const what = `the stream of the directory’s entry at byte ${offset}`;
  const sectors = mini
    ? miniFat.exactly(first, Math.ceil(sizeBytes / miniSectorBytes), what)
    : fat.exactly(first, Math.ceil(sizeBytes / sectorBytes), what);
  return { sectors, mini };
}

/** A chain of sectors as one range of bytes. Neighbours are read at once. */
function sourceOf(
  source: RandomAccessSource,
  sectors: Uint32Array,
  sectorBytes: number,
  size: number,
  offsetOf: (sector: number) => number,
): RandomAccessSource {
  return {
    size,
    async read(offset, length) {
      const parts: Uint8Array[] = [];
      const end = Math.min(offset + length, size);
      for (let at = offset; at < end;) {
        const index = Math.floor(at / sectorBytes);
        let run = 1;
        const first = sectors[index] ?? 0;
        while ((index + run) * sectorBytes < end && sectors[index + run] === first + run) run += 1;
        const inside = at % sectorBytes;
        const take = Math.min(run * sectorBytes - inside, end - at);
        const start = offsetOf(first) + inside;
        if (start + take > source.size) throw new CfbError('TRUNCATED', start, 'it ends inside a stream');
        parts.push(await readExactly(source, start, take));
        at += take;
      }
      const [only] = parts;
      return parts.length === 1 && only !== undefined ? only : Uint8Array.from(Buffer.concat(parts));
    },
  };
}
