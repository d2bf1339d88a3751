/**
 * Archives that begin or end somewhere inside a file. Programs are full of the marks of archives as constants, so a header
 * counts only if its own checksum or its fields are consistent: 7-Zip and WinRAR look for archives behind any bytes.
 */
import { crc32 } from 'node:zlib';
import { lentChunks, type RandomAccessSource } from '../random-access.ts';
import { bigEndian, holds, littleEndian, placesOf, readUpTo } from './bytes.ts';
import type { FormatId, Recognised } from './formats.ts';
import { asText, isArj } from './marks.ts';
import { countedReads, SearchWork } from './search-work.ts';
import { isZipEntry } from './zips.ts';

export interface Places {
  /** From consistent headers, up to the end of the file. */
  readonly headers: readonly Recognised[];
  /** Marks of zip end records, not yet checked. */
  readonly zipEnds: readonly number[];
  /** Local headers of zip archives. */
  readonly zipEntries: readonly number[];
  /** Whether there were more than were kept, or more marks than are looked at. */
  readonly more: boolean;
}

/** A file with more archives in it than this is not searched any further. */
const placesMax = 1000;
/** Compressed resources of programs, and the entries of an archive, are many. */
const streamsMax = 10_000;
const zipEntriesMax = 200_000;
const overlapBytes = 8;
/** Asking for a header takes as long as this many bytes, however short it is. */
const readBytesMin = 512;
/** Of each byte, the headers of real archives are two or three; nothing else is read anywhere near as often. */
const [headersBase, headersPerByte] = [1024 * 1024, 16];
/** The longest header of an ARJ archive, without its mark, size and checksum. */
const arjBytesMax = 2600;

/** Source and position of a mark → where the archive begins, or null: the rest isn't consistent. */
type Fit = (source: RandomAccessSource, at: number) => Promise<number | null>;

interface Header {
  readonly format: FormatId;
  readonly mark: string;
  readonly fit: Fit;
  /** 7-Zip unpacks such streams behind any bytes. One that doesn't unpack to its end doesn't count. */
  readonly isStream?: true;
}

const anywhere: readonly Header[] = [
  { format: '7z', mark: '7z\xbc\xaf\x27\x1c', fit: when(is7z) },
  { format: 'rar', mark: 'Rar!\x1a\x07', fit: when(isRar) },
  { format: 'cab', mark: 'MSCF', fit: when(isCabinet) },
  { format: 'arj', mark: '\x60\xea', fit: when(isArjArchive) },
  { format: 'xar', mark: 'xar!\0\x1c\0\x01', fit: always },
  { format: 'dmg', mark: 'koly\0\0\0\x04', fit: when(isDiskImage) },
  { format: 'gzip', mark: '\x1f\x8b\x08', fit: when(isGzip), isStream: true },
  { format: 'zstd', mark: '\x28\xb5\x2f\xfd', fit: always, isStream: true },
  { format: 'xz', mark: '\xfd7zXZ\0', fit: when(isXz), isStream: true },
  { format: 'bzip2', mark: '1AY&SY', fit: bzip2Start, isStream: true },
];

const inPrograms: readonly Header[] = [
  ...anywhere,
  { format: 'dotnet-bundle', mark: '\x8b\x12\x02\xb9', fit: dotnetManifest },
  { format: 'inno', mark: 'rDlPtS', fit: when(isInno) },
  { format: 'nsis', mark: '\xef\xbe\xad\xdeNull', fit: when(isNsis) },
  { format: 'pyinstaller', mark: 'MEI\x0c\x0b\x0a\x0b\x0e', fit: when(isPyInstaller) },
];

function always(_source: RandomAccessSource, at: number): Promise<number> {
  return Promise.resolve(at);
}

function when(fits: (source: RandomAccessSource, at: number) => Promise<boolean>): Fit {
  return async (source, at) => ((await fits(source, at)) ? at : null);
}

/** One pass over the whole file. */
export async function findEmbedded(source: RandomAccessSource, isProgram: boolean): Promise<Places> {
  const finds = new Finds(source, isProgram ? inPrograms : anywhere);
  let kept: Uint8Array = new Uint8Array(0);
  let offset = 0;
  for await (const chunk of lentChunks(source, 0, source.size)) {
    // A mark across two chunks is found with the few bytes kept of the last one.
    const seam = join(kept, chunk.subarray(0, overlapBytes));
    finds.holdNear(chunk, offset);
    await finds.search(seam, offset - kept.length, kept.length);
    await finds.search(chunk, offset, chunk.length);
    if (finds.more) break;
    kept = Uint8Array.from(chunk.subarray(Math.max(0, chunk.length - overlapBytes + 1)));
    offset += chunk.length;
  }
  return finds;
}

class Finds implements Places {
  readonly headers: Recognised[] = [];
  readonly zipEnds: number[] = [];
  readonly zipEntries: number[] = [];
  readonly #source: RandomAccessSource;
  readonly #searched: readonly Header[];
  readonly #seen = new Set<string>();
  readonly #work = new SearchWork({ base: headersBase, perByte: headersPerByte });
  #near: { readonly bytes: Uint8Array; readonly offset: number } = { bytes: new Uint8Array(0), offset: 0 };
  #streams = 0;

  constructor(source: RandomAccessSource, searched: readonly Header[]) {
    this.#work.allowFor(source.size);
    const near: RandomAccessSource = {
      size: source.size,
      read: (at, length) => {
        const from = at - this.#near.offset;
        return from >= 0 && from + length <= this.#near.bytes.length
          ? Promise.resolve(this.#near.bytes.subarray(from, from + length))
          : source.read(at, length);
      },
    };
    this.#source = countedReads(near, (bytes) => this.#work.spend(Math.max(bytes, readBytesMin)));
    this.#searched = searched;
  }

  get more(): boolean {
    return (
      this.#work.isSpent ||
      this.headers.length - this.#streams > placesMax ||
      this.#streams > streamsMax ||
      this.zipEnds.length > placesMax ||
      this.zipEntries.length > zipEntriesMax
    );
  }

  /**
   * What is searched next. Headers in it are read where they are: of a file full of marks, asking the system for each of them took forty times as
   * long as all else.
   */
  holdNear(bytes: Uint8Array, offset: number): void {
    this.#near = { bytes, offset };
  }

  /** Marks that begin in the first `limit` of the bytes, which are at `start` in the file. */
  async search(bytes: Uint8Array, start: number, limit: number): Promise<void> {
    const end = this.#source.size;
    for (const { format, mark, fit, isStream } of this.#searched) {
      for (const place of this.#placesOf(bytes, mark, start, limit)) {
        const begin = await fit(this.#source, place);
        if (begin === null) {
          if (this.#work.isSpent) return;
          continue;
        }
        const found = { format, start: begin, end };
        this.headers.push(isStream === true ? { ...found, tentative: true, isPart: true } : found);
        this.#streams += isStream === true ? 1 : 0;
        if (this.more) return;
      }
    }
    for (const place of this.#placesOf(bytes, 'PK\x05\x06', start, limit)) {
      this.zipEnds.push(place);
      if (this.more) return;
    }
    for (const place of this.#placesOf(bytes, 'PK\x03\x04', start, limit)) {
      if (await isZipEntry(this.#source, place)) this.zipEntries.push(place);
      if (this.more) return;
    }
  }

  /** Positions in the file, each once, although chunks and seams overlap. */
  *#placesOf(bytes: Uint8Array, mark: string, start: number, limit: number): Generator<number> {
    for (const place of placesOf(bytes, mark)) {
      const key = `${mark}${start + place}`;
      if (place >= limit || this.#seen.has(key)) continue;
      if (limit < overlapBytes) this.#seen.add(key);
      yield start + place;
    }
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** SignatureHeader: version 0, CRC of the start header's 20 bytes. */
async function is7z(source: RandomAccessSource, at: number): Promise<boolean> {
  const header = await readUpTo(source, at, 32);
  return header.length === 32 && littleEndian(header, 8, 4) === crc32(header.subarray(12, 32));
}

/** RAR 5: CRC-32 over the main header from its size on; RAR 1.5 to 4: CRC-16 (low half of CRC-32) from its type on. */
async function isRar(source: RandomAccessSource, at: number): Promise<boolean> {
  const begin = await readUpTo(source, at, 20);
  const isEarly = holds(begin, 6, '\0') && begin[9] === 0x73 && littleEndian(begin, 12, 2) >= 13;
  if (!isEarly && !holds(begin, 6, '\x01\0')) return false;
  const header = await readUpTo(source, at, 0x10020);
  if (isEarly) {
    const length = littleEndian(header, 12, 2);
    if (7 + length > header.length) return false;
    return littleEndian(header, 7, 2) === (crc32(header.subarray(9, 7 + length)) & 0xffff);
  }
  // The size is a number of seven bits a byte, lowest first.
  let size = 0;
  let sizeBytes = 0;
  for (let more = true; more && sizeBytes < 3; sizeBytes += 1) {
    const byte = header[12 + sizeBytes] ?? 0;
    size += (byte & 0x7f) << (7 * sizeBytes);
    more = byte >= 0x80;
  }
  const end = 12 + sizeBytes + size;
  return end <= header.length && littleEndian(header, 8, 4) === crc32(header.subarray(12, end));
}

/** [MS-CAB] §2.3.1 CFHEADER: version 1.3, or a size within the file. Reserved fields can't be relied on. */
async function isCabinet(source: RandomAccessSource, at: number): Promise<boolean> {
  const header = await readUpTo(source, at, 36);
  if (header.length < 36) return false;
  const field = (offset: number, length: number): number => littleEndian(header, offset, length);
  const sizeBytes = field(8, 4);
  const files = field(16, 4);
  const isKnown = header[24] === 3 && header[25] === 1 && field(4, 4) === 0;
  return (
    (isKnown || sizeBytes <= source.size - at) &&
    field(26, 2) > 0 &&
    field(28, 2) > 0 &&
    files >= 36 &&
    files < sizeBytes
  );
}

async function isArjArchive(source: RandomAccessSource, at: number): Promise<boolean> {
  const length = littleEndian(await readUpTo(source, at, 4), 2, 2);
  return length >= 30 && length <= arjBytesMax && isArj(await readUpTo(source, at, 4 + length + 4));
}

/** UDIF trailer of 512 bytes. */
async function isDiskImage(source: RandomAccessSource, at: number): Promise<boolean> {
  return bigEndian(await readUpTo(source, at + 8, 4), 0, 4) === 512;
}

/** RFC 1952 §2.3.1: reserved flags are zero. */
async function isGzip(source: RandomAccessSource, at: number): Promise<boolean> {
  const [flags = 0xff] = await readUpTo(source, at + 3, 1);
  return (flags & 0xe0) === 0;
}

/** The .xz File Format §2.1.1: flags and their CRC-32. */
async function isXz(source: RandomAccessSource, at: number): Promise<boolean> {
  const flags = await readUpTo(source, at + 6, 6);
  return flags.length === 6 && littleEndian(flags, 2, 4) === crc32(flags.subarray(0, 2));
}

/** `BZh` and the level come before the first block. */
async function bzip2Start(source: RandomAccessSource, at: number): Promise<number | null> {
  const level = asText(await readUpTo(source, at - 4, 4), 0, 4);
  return at >= 4 && /^BZh[1-9]$/.test(level) ? at - 4 : null;
}

/** firstheader: flags, 0xDEADBEEF, "NullsoftInst", at a multiple of 512, where the installer's own loader looks. */
async function isNsis(source: RandomAccessSource, at: number): Promise<boolean> {
  return (
    (at - 4) % 512 === 0 && /^Null[Ss]oft[Ii]nst/.test(asText(await readUpTo(source, at + 4, 12), 0, 12))
  );
}

/** The loader looks for this cookie from the end: size of the package, position and size of its table, version of Python. */
async function isPyInstaller(source: RandomAccessSource, at: number): Promise<boolean> {
  const fields = await readUpTo(source, at + 8, 16);
  const version = bigEndian(fields, 12, 4);
  return bigEndian(fields, 0, 4) <= at + 0x400 && version >= 20 && version < 400;
}

/** SHA-256 of ".net core bundle\n" in the host; the offset of the manifest is before it, 0 if there is none. */
const bundleMark =
  '\x8b\x12\x02\xb9\x6a\x61\x20\x38\x72\x7b\x93\x02\x14\xd7\xa0\x32' +
  '\x13\xf5\xb9\xe6\xef\xae\x33\x18\xee\x3b\x2d\xce\x24\xb3\x6a\xae';

async function dotnetManifest(source: RandomAccessSource, at: number): Promise<number | null> {
  const bytes = await readUpTo(source, at - 8, 8 + bundleMark.length);
  const manifest = littleEndian(bytes, 0, 6);
  return holds(bytes, 8, bundleMark) && manifest > 0 && manifest < source.size ? manifest : null;
}

/** RCDATA 11111 of Inno Setup's loader, with the position of its data; 0 in a loader without data. */
async function isInno(source: RandomAccessSource, at: number): Promise<boolean> {
  const bytes = await readUpTo(source, at, 64);
  return (
    holds(bytes, 6, '\xcd\xe6\xd7') && bytes.length === 64 && bytes.subarray(12).some((byte) => byte !== 0)
  );
}
