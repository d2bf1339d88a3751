/**
 * zip archives by their end record (APPNOTE §4.3.16), wherever they stand: Info-ZIP, Explorer and Java look for it from
 * the end of the file and care little for what stands before the first entry.
 */
import type { RandomAccessSource } from '../random-access.ts';
import { holds, littleEndian, readUpTo } from './bytes.ts';
import type { Recognised } from './formats.ts';

const endBytes = 22;
const locatorBytes = 20;
const end64Bytes = 56;
/** How far from the end programs look for the record: its comment may have 65,535 bytes. */
export const zipTailBytes = 0xffff + endBytes + locatorBytes + end64Bytes;

interface Directory {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Offset of an end record's mark → the archive that it ends, or null where no directory belongs to it. */
export async function zipEndingAt(source: RandomAccessSource, at: number): Promise<Recognised | null> {
  const before = Math.min(at, locatorBytes + end64Bytes);
  const bytes = await readUpTo(source, at - before, before + endBytes);
  const record = bytes.subarray(before);
  if (record.length < endBytes || !holds(record, 0, 'PK\x05\x06')) return null;
  const end = Math.min(source.size, at + endBytes + littleEndian(record, 20, 2));
  if (littleEndian(record, 4, 2) !== 0 && littleEndian(record, 4, 2) !== 0xffff) {
    const directory = await directoryBefore(source, at, {
      offset: 0,
      sizeBytes: littleEndian(record, 12, 4),
    });
    return directory === null ? null : { format: 'split-zip', start: 0, end };
  }
  const said = { offset: littleEndian(record, 16, 4), sizeBytes: littleEndian(record, 12, 4) };
  // No entries and no directory: a mark in a program's constants, or an archive that hides nothing.
  if (said.sizeBytes === 0 && littleEndian(record, 10, 2) === 0) return null;
  const long = zip64(bytes, before);
  const directory =
    (long === null ? null : await directoryBefore(source, at - locatorBytes - end64Bytes, long)) ??
    (await directoryBefore(source, at, said)) ??
    (await directoryAt(source, long ?? said));
  if (directory === null) return null;
  const shift = directory.at - directory.offset;
  return { format: 'zip', start: shift > 0 && shift < source.size ? shift : 0, end, behindOtherBytes: true };
}

function zip64(bytes: Uint8Array, at: number): Directory | null {
  if (!holds(bytes, at - locatorBytes, 'PK\x06\x07')) return null;
  const record = at - locatorBytes - end64Bytes;
  if (!holds(bytes, record, 'PK\x06\x06')) return null;
  return { sizeBytes: littleEndian(bytes, record + 40, 6), offset: littleEndian(bytes, record + 48, 6) };
}

type Found = Directory & { readonly at: number };

async function directoryBefore(
  source: RandomAccessSource,
  end: number,
  said: Directory,
): Promise<Found | null> {
  return directoryWhere(source, end - said.sizeBytes, said);
}

async function directoryAt(source: RandomAccessSource, said: Directory): Promise<Found | null> {
  return directoryWhere(source, said.offset, said);
}

async function directoryWhere(
  source: RandomAccessSource,
  at: number,
  said: Directory,
): Promise<Found | null> {
  if (!Number.isSafeInteger(at) || at < 0) return null;
  return holds(await readUpTo(source, at, 4), 0, 'PK\x01\x02') ? { ...said, at } : null;
}
