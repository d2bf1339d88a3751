/** The end of central directory record, with its zip64 form (APPNOTE §4.3.14 to §4.3.16). */
import { ArchiveError, truncated } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { ambiguous, badHeader, inZip64, inZip64Short, readUint64, signature, viewOf } from './zip-fields.ts';

const endBytes = 22;
const locatorBytes = 20;
const end64Bytes = 56;
const commentBytesMax = 0xffff;

export interface ZipEnd {
  readonly entryCount: number;
  readonly centralOffset: number;
  readonly centralBytes: number;
  /** zip64 record and locator, where present, then the end record with the archive's comment. */
  readonly bytes: Uint8Array;
  readonly isZip64: boolean;
}

/**
 * zip file → where its directory is. Rejects bytes after the end record, bytes between directory and end
 * record, several disks, and a second end record that another program could take for the real one.
 */
export async function readZipEnd(source: RandomAccessSource): Promise<ZipEnd> {
  const tailBytes = Math.min(source.size, commentBytesMax + endBytes + locatorBytes + end64Bytes);
  const start = source.size - tailBytes;
  const tail = await source.read(start, tailBytes);
  const view = viewOf(tail);
  // Programs search backwards for the last signature; so do we, and then it has to match exactly.
  const at = Buffer.from(tail.buffer, tail.byteOffset, tail.length).lastIndexOf(
    'PK\x05\x06',
    undefined,
    'latin1',
  );
  if (at === -1) throw await withoutEnd(source);
  if (at + endBytes > tail.length) throw truncated(source.size);
  const end = at + endBytes + view.getUint16(at + 20, true);
  if (end > tail.length) throw truncated(source.size);
  if (end < tail.length) {
    throw new ArchiveError(
      {
        code: 'TRAILING_DATA',
        message: `${tail.length - end} more bytes follow the end of the zip archive.`,
        fix: 'Upload the archive exactly as zip wrote it, with nothing appended.',
      },
      start + end,
    );
  }
  const short = readShort(view, at, start + at);
  const located = at >= locatorBytes && view.getUint32(at - locatorBytes, true) === signature.locator64;
  const values = located ? readZip64(view, at, start, short) : short;
  const first = located ? at - locatorBytes - end64Bytes : at;
  if (values.centralOffset + values.centralBytes !== start + first) {
    throw new ArchiveError(
      {
        code: 'HIDDEN_DATA',
        message:
          'The directory of the zip archive is not where its end record says, or bytes follow or precede it.',
        fix: 'Build the archive again; self-extracting and joined archives are refused.',
      },
      start + first,
    );
  }
  return { ...values, bytes: tail.slice(first), isZip64: located };
}

type Values = Pick<ZipEnd, 'entryCount' | 'centralOffset' | 'centralBytes'>;

function readShort(view: DataView, at: number, offset: number): Values {
  const entryCount = view.getUint16(at + 10, true);
  if (view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 6, true) !== 0) {
    throw badHeader('The zip archive is split over several files.', offset);
  }
  if (view.getUint16(at + 8, true) !== entryCount)
    throw badHeader('The zip end record contradicts itself.', offset);
  return {
    entryCount,
    centralBytes: view.getUint32(at + 12, true),
    centralOffset: view.getUint32(at + 16, true),
  };
}

function readZip64(view: DataView, at: number, start: number, short: Values): Values {
  const locator = at - locatorBytes;
  const end64 = locator - end64Bytes;
  const offset = start + locator;
  if (
    end64 < 0 ||
    view.getUint32(locator + 4, true) !== 0 ||
    view.getUint32(locator + 16, true) !== 1 ||
    readUint64(view, locator + 8, offset) !== start + end64 ||
    view.getUint32(end64, true) !== signature.end64 ||
    readUint64(view, end64 + 4, offset) !== end64Bytes - 12 ||
    view.getUint32(end64 + 16, true) !== 0 ||
    view.getUint32(end64 + 20, true) !== 0
  ) {
    throw badHeader('The zip64 end record is missing, not where its locator says, or split.', offset);
  }
  const values: Values = {
    entryCount: readUint64(view, end64 + 32, offset),
    centralBytes: readUint64(view, end64 + 40, offset),
    centralOffset: readUint64(view, end64 + 48, offset),
  };
  const agrees =
    readUint64(view, end64 + 24, offset) === values.entryCount &&
    (short.entryCount === inZip64Short || short.entryCount === values.entryCount) &&
    (short.centralBytes === inZip64 || short.centralBytes === values.centralBytes) &&
    (short.centralOffset === inZip64 || short.centralOffset === values.centralOffset);
  if (!agrees) throw ambiguous('The two end records of the zip archive contradict each other.', offset);
  return values;
}

/** End record bytes → a copy for another directory; its length stays the same, and so does the archive's comment. */
export function withDirectory(
  end: ZipEnd,
  { entryCount, centralBytes, centralOffset }: Pick<ZipEnd, 'entryCount' | 'centralBytes' | 'centralOffset'>,
): Uint8Array {
  const bytes = Uint8Array.from(end.bytes);
  const view = viewOf(bytes);
  const short = end.isZip64 ? end64Bytes + locatorBytes : 0;
  if (end.isZip64) {
    view.setBigUint64(24, BigInt(entryCount), true);
    view.setBigUint64(32, BigInt(entryCount), true);
    view.setBigUint64(40, BigInt(centralBytes), true);
    view.setBigUint64(48, BigInt(centralOffset), true);
    view.setBigUint64(end64Bytes + 8, BigInt(centralOffset + centralBytes), true);
  }
  // What says "see the zip64 record" keeps saying so.
  const inRecord64 = (at: number, bytes: 2 | 4) =>
    end.isZip64 &&
    (bytes === 2 ? view.getUint16(at, true) === inZip64Short : view.getUint32(at, true) === inZip64);
  for (const at of [short + 8, short + 10]) {
    if (inRecord64(at, 2)) continue;
    if (entryCount >= inZip64Short) throw tooManyEntries(entryCount);
    view.setUint16(at, entryCount, true);
  }
  for (const [at, value] of [
    [short + 12, centralBytes],
    [short + 16, centralOffset],
  ] as const) {
    if (inRecord64(at, 4)) continue;
    if (value >= inZip64) throw needsZip64();
    view.setUint32(at, value, true);
  }
  return bytes;
}

function tooManyEntries(count: number): ArchiveError {
  return new ArchiveError({
    code: 'NOT_REWRITABLE',
    message: `With its signatures the zip archive has ${count} entries, which needs zip64.`,
    fix: 'Build the archive with zip64 (zip -fz), or with fewer files.',
  });
}

export function needsZip64(): ArchiveError {
  return new ArchiveError({
    code: 'NOT_REWRITABLE',
    message: 'With its signatures the zip archive grows past 4 GiB, which needs zip64.',
    fix: 'Build the archive with zip64 (zip -fz), or make it smaller.',
  });
}

async function withoutEnd(source: RandomAccessSource): Promise<ArchiveError> {
  const head = await source.read(0, Math.min(4, source.size));
  if (Buffer.from(head).toString('latin1') === 'PK\x03\x04') return truncated(source.size);
  return new ArchiveError({
    code: 'WRONG_FORMAT',
    message: 'The file is not a zip archive: it has no end of central directory record.',
    fix: 'Upload the .zip that the artifact configuration declares, or correct the configuration.',
  });
}
