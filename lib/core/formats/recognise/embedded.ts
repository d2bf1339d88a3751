/**
 * Archives that begin or end somewhere inside a file. Programs are full of the marks of archives as constants, so a
 * header counts only where its own checksum or its fields fit: 7-Zip and WinRAR look for archives behind any bytes.
 */
import { crc32 } from 'node:zlib';
import { readChunks, type RandomAccessSource } from '../random-access.ts';
import { holds, littleEndian, placesOf, readUpTo } from './bytes.ts';
import type { FormatId } from './formats.ts';

export interface Places {
  /** Headers that fit. */
  readonly headers: readonly { readonly format: FormatId; readonly at: number }[];
  /** Marks of zip end records, not looked at further. */
  readonly zipEnds: readonly number[];
  /** More than were kept. */
  readonly more: boolean;
}

/** A file with more archives in it than this is not looked through any further. */
const placesMax = 1000;
const overlapBytes = 8;

/** Source and place of a mark → where the archive begins, or null: the rest doesn't fit. */
type Fit = (source: RandomAccessSource, at: number) => Promise<number | null>;

interface Header {
  readonly format: FormatId;
  readonly mark: string;
  readonly fit: Fit;
}

const anywhere: readonly Header[] = [
  { format: '7z', mark: '7z\xbc\xaf\x27\x1c', fit: when(is7z) },
  { format: 'rar', mark: 'Rar!\x1a\x07', fit: when(isRar) },
  { format: 'cab', mark: 'MSCF\0', fit: when(isCabinet) },
];

const inPrograms: readonly Header[] = [
  ...anywhere,
  { format: 'dotnet-bundle', mark: '\x8b\x12\x02\xb9', fit: dotnetManifest },
  { format: 'inno', mark: 'rDlPtS', fit: when(isInno) },
];

function when(fits: (source: RandomAccessSource, at: number) => Promise<boolean>): Fit {
  return async (source, at) => ((await fits(source, at)) ? at : null);
}

/** One pass over the whole file. */
export async function findEmbedded(source: RandomAccessSource, isProgram: boolean): Promise<Places> {
  const headers = isProgram ? inPrograms : anywhere;
  const found: { format: FormatId; at: number }[] = [];
  const zipEnds: number[] = [];
  let more = false;
  let kept: Uint8Array = new Uint8Array(0);
  let offset = 0;
  for await (const chunk of readChunks(source, 0, source.size)) {
    // A mark across two chunks is seen in the few bytes that were kept of the last one.
    const seam = join(kept, chunk.subarray(0, overlapBytes));
    for (const [bytes, start, limit] of [
      [seam, offset - kept.length, kept.length],
      [chunk, offset, chunk.length],
    ] as const) {
      for (const { format, mark, fit } of headers) {
        for (const place of placesOf(bytes, mark)) {
          const begin = place >= limit ? null : await fit(source, start + place);
          if (begin === null) continue;
          found.push({ format, at: begin });
          more ||= found.length > placesMax;
          if (more) return { headers: found, zipEnds, more };
        }
      }
      for (const place of placesOf(bytes, 'PK\x05\x06')) {
        if (place >= limit) continue;
        zipEnds.push(start + place);
        more ||= zipEnds.length > placesMax;
        if (more) return { headers: found, zipEnds, more };
      }
    }
    kept = Uint8Array.from(chunk.subarray(Math.max(0, chunk.length - overlapBytes + 1)));
    offset += chunk.length;
  }
  return { headers: found, zipEnds: [...new Set(zipEnds)], more };
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
  const header = await readUpTo(source, at, 0x10020);
  if (holds(header, 6, '\0')) {
    const length = littleEndian(header, 12, 2);
    if (header[9] !== 0x73 || !(length >= 13 && 7 + length <= header.length)) return false;
    return littleEndian(header, 7, 2) === (crc32(header.subarray(9, 7 + length)) & 0xffff);
  }
  if (!holds(header, 6, '\x01\0')) return false;
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

/** [MS-CAB] §2.3.1 CFHEADER: reserved fields are zero, the version is 1.3, sizes lie inside the file. */
async function isCabinet(source: RandomAccessSource, at: number): Promise<boolean> {
  const header = await readUpTo(source, at, 36);
  if (header.length < 36) return false;
  const field = (offset: number, length: number): number => littleEndian(header, offset, length);
  const zero = field(4, 4) === 0 && field(12, 4) === 0 && field(20, 4) === 0;
  const sizeBytes = field(8, 4);
  const files = field(16, 4);
  return (
    zero &&
    header[24] === 3 &&
    header[25] === 1 &&
    field(26, 2) > 0 &&
    field(28, 2) > 0 &&
    files >= 36 &&
    files < sizeBytes
  );
}

/** SHA-256 of ".net core bundle\n" in the host; the offset of the manifest stands before it, 0 where there is none. */
const bundleMark =
  '\x8b\x12\x02\xb9\x6a\x61\x20\x38\x72\x7b\x93\x02\x14\xd7\xa0\x32' +
  '\x13\xf5\xb9\xe6\xef\xae\x33\x18\xee\x3b\x2d\xce\x24\xb3\x6a\xae';

async function dotnetManifest(source: RandomAccessSource, at: number): Promise<number | null> {
  const bytes = await readUpTo(source, at - 8, 8 + bundleMark.length);
  const manifest = littleEndian(bytes, 0, 6);
  return holds(bytes, 8, bundleMark) && manifest > 0 && manifest < source.size ? manifest : null;
}

/** RCDATA 11111 of Inno Setup's loader, with the place of its data; 0 in a loader that carries none. */
async function isInno(source: RandomAccessSource, at: number): Promise<boolean> {
  const bytes = await readUpTo(source, at, 64);
  return (
    holds(bytes, 6, '\xcd\xe6\xd7') && bytes.length === 64 && bytes.subarray(12).some((byte) => byte !== 0)
  );
}
