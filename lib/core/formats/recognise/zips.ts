/**
 * zip archives by their end record (APPNOTE §4.3.16), wherever they are: Info-ZIP, Explorer and Java search for it from the
 * end of the file and largely ignore what comes before the first entry.
 */
import type { RandomAccessSource } from '../random-access.ts';
import { holds, littleEndian, readUpTo } from './bytes.ts';
import type { Recognised } from './formats.ts';

const localBytes = 30;
const nameBytesSeen = 64;
const centralBytes = 46;
const endBytes = 22;
const locatorBytes = 20;
const end64Bytes = 56;
/** How far from the end programs search for the record: its comment may have 65,535 bytes. */
export const zipTailBytes = 0xffff + endBytes + locatorBytes + end64Bytes;

interface Directory {
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * Offset of an end record's mark → the archive that it ends, or null if it is only a mark. A record whose numbers lead to no
 * directory counts as an archive, too: some programs search for the directory nearby.
 */
export async function zipEndingAt(source: RandomAccessSource, at: number): Promise<Recognised | null> {
  const record = await readUpTo(source, at, endBytes);
  if (record.length < endBytes || !holds(record, 0, 'PK\x05\x06')) return null;
  const end = Math.min(source.size, at + endBytes + littleEndian(record, 20, 2));
  const stated = { offset: littleEndian(record, 16, 4), sizeBytes: littleEndian(record, 12, 4) };
  const disk = littleEndian(record, 4, 2);
  if (disk !== 0 && disk !== 0xffff) {
    const directory = (await directoryBefore(source, at, stated)) ?? (await directoryAt(source, stated));
    return directory === null ? null : { format: 'split-zip', start: 0, end };
  }
  const located = holds(await readUpTo(source, at - locatorBytes, 4), 0, 'PK\x06\x07') && at >= locatorBytes;
  const entries = littleEndian(record, 10, 2);
  // No entries and no directory: a mark in a program's constants, or an archive that hides nothing.
  if (!located && stated.sizeBytes === 0 && entries === 0) return null;
  const long = located ? await zip64(source, at - locatorBytes) : null;
  const directory =
    (long === null ? null : await directoryBefore(source, at - locatorBytes - end64Bytes, long)) ??
    (await directoryBefore(source, at, stated)) ??
    (await directoryAt(source, long ?? stated));
  if (directory !== null) {
    const shift = directory.at - directory.offset;
    return {
      format: 'zip',
      start: shift > 0 && shift < source.size ? shift : 0,
      end,
      behindOtherBytes: true,
    };
  }
  const isRecord =
    entries > 0 &&
    entries === littleEndian(record, 8, 2) &&
    stated.sizeBytes >= entries * centralBytes &&
    stated.sizeBytes <= at;
  return located || isRecord ? { format: 'zip', start: 0, end, behindOtherBytes: true } : null;
}

/** The record is before its locator, or, if it has extra data after its fields, where the locator says. */
async function zip64(source: RandomAccessSource, locator: number): Promise<Directory | null> {
  const located = littleEndian(await readUpTo(source, locator + 8, 6), 0, 6);
  for (const at of [locator - end64Bytes, located]) {
    const bytes = at < 0 || at > source.size ? new Uint8Array(0) : await readUpTo(source, at, end64Bytes);
    if (bytes.length === end64Bytes && holds(bytes, 0, 'PK\x06\x06'))
      return { sizeBytes: littleEndian(bytes, 40, 6), offset: littleEndian(bytes, 48, 6) };
  }
  return null;
}

/** Methods of APPNOTE §4.4.5. */
const methods = new Set([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 18, 19, 93, 94, 95, 96, 97, 98, 99]);

/** Whether there is a local header: a known method, and a name. 7-Zip and libarchive need no directory. */
export async function isZipEntry(source: RandomAccessSource, at: number): Promise<boolean> {
  const header = await readUpTo(source, at, localBytes + nameBytesSeen);
  const nameBytes = littleEndian(header, 26, 2);
  if (!(nameBytes > 0) || at + localBytes + nameBytes > source.size) return false;
  const name = header.subarray(localBytes, localBytes + nameBytes);
  return methods.has(littleEndian(header, 8, 2)) && name.every((byte) => byte >= 0x20 && byte !== 0x7f);
}

type Found = Directory & { readonly at: number };

async function directoryBefore(
  source: RandomAccessSource,
  end: number,
  stated: Directory,
): Promise<Found | null> {
  return directoryWhere(source, end - stated.sizeBytes, stated);
}

async function directoryAt(source: RandomAccessSource, stated: Directory): Promise<Found | null> {
  return directoryWhere(source, stated.offset, stated);
}

async function directoryWhere(
  source: RandomAccessSource,
  at: number,
  stated: Directory,
): Promise<Found | null> {
  if (!Number.isSafeInteger(at) || at < 0) return null;
  return holds(await readUpTo(source, at, 4), 0, 'PK\x01\x02') ? { ...stated, at } : null;
}
