/** Local headers and data descriptors (APPNOTE §4.3.7, §4.3.9), compared with the central directory. */
import { ArchiveError, showName } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import type { CentralEntry } from './central-directory.ts';
import {
  badHeader,
  confirmsName,
  flag,
  inZip64,
  method,
  parseExtraFields,
  readUint64,
  signature,
  viewOf,
} from './zip-fields.ts';

const localBytes = 30;
/** All flags except the compression level (APPNOTE §4.4.4, bits 1 and 2). */
const compared = 0xffff & ~(3 << 1);

export interface DescriptorForm {
  readonly hasSignature: boolean;
  readonly numberBytes: 4 | 8;
}

export interface LocalEntry {
  readonly dataOffset: number;
  /** End of content and data descriptor: where the next entry starts. */
  readonly endOffset: number;
  readonly descriptor: DescriptorForm | null;
}

/** Raw local header with name and extra field, and where its size fields are. */
export interface LocalHeader {
  readonly bytes: Uint8Array;
  /** Offset in bytes of the zip64 sizes (size, packed: 8 bytes each), or null: 4-byte fields. */
  readonly zip64At: number | null;
  /** Whether there is a zip64 field at all: then the numbers of a data descriptor have its width (APPNOTE §4.3.9.2). */
  readonly hasZip64: boolean;
}

export async function readLocalHeader(source: RandomAccessSource, entry: CentralEntry): Promise<LocalHeader> {
  const at = entry.localOffset;
  if (at + localBytes > source.size) throw mismatch(entry, 'its local header is outside the file');
  const fixed = viewOf(await source.read(at, localBytes));
  if (fixed.getUint32(0, true) !== signature.local) {
    throw badHeader(`The zip directory lists ${showName(entry.path)} where there is no entry.`, at);
  }
  const nameBytes = fixed.getUint16(26, true);
  const length = localBytes + nameBytes + fixed.getUint16(28, true);
  if (at + length > source.size) throw mismatch(entry, 'its local header is outside the file');
  const bytes = await source.read(at, length);
  if (!Buffer.from(bytes.subarray(localBytes, localBytes + nameBytes)).equals(entry.name)) {
    throw mismatch(entry, 'the names differ');
  }
  const extra = parseExtraFields(bytes.subarray(localBytes + nameBytes), at + localBytes + nameBytes);
  // Programs that read from a pipe see only this one.
  if (extra.unicodePath !== null && !confirmsName(extra.unicodePath, entry.name))
    throw mismatch(entry, 'a second name in an extra field differs');
  if (fixed.getUint32(18, true) !== inZip64 && fixed.getUint32(22, true) !== inZip64)
    return { bytes, zip64At: null, hasZip64: extra.zip64 !== null };
  // APPNOTE §4.5.3: in a local header both numbers are present, or neither.
  if (fixed.getUint32(18, true) !== fixed.getUint32(22, true) || extra.zip64?.length !== 16)
    throw mismatch(entry, 'its zip64 sizes are missing');
  return { bytes, zip64At: extra.zip64.byteOffset - bytes.byteOffset, hasZip64: true };
}

/**
 * Reads and checks one local entry. `nextOffset` is where the following entry (or the directory) starts: the
 * bytes in between have to be exactly this entry, so that nothing is hidden between entries or shared by two of them.
 */
export async function readLocalEntry(
  source: RandomAccessSource,
  entry: CentralEntry,
  nextOffset: number,
): Promise<LocalEntry> {
  const header = await readLocalHeader(source, entry);
  const view = viewOf(header.bytes);
  if ((view.getUint16(6, true) & compared) !== (entry.flags & compared))
    throw mismatch(entry, 'the flags differ');
  if (view.getUint16(8, true) !== entry.method) throw mismatch(entry, 'the compression methods differ');
  const deferred = (entry.flags & flag.descriptor) !== 0;
  const offset = entry.localOffset;
  const [packed, size] =
    header.zip64At === null
      ? [view.getUint32(18, true), view.getUint32(22, true)]
      : [readUint64(view, header.zip64At + 8, offset), readUint64(view, header.zip64At, offset)];
  const same = (local: number, central: number) => local === central || (deferred && local === 0);
  if (!same(packed, entry.packedBytes) || !same(size, entry.sizeBytes))
    throw mismatch(entry, 'the sizes differ');
  if (!same(view.getUint32(14, true), entry.crc32)) throw mismatch(entry, 'the checksums differ');

  const dataOffset = entry.localOffset + header.bytes.length;
  const dataEnd = dataOffset + entry.packedBytes;
  if (dataEnd > nextOffset) {
    throw new ArchiveError(
      {
        code: 'OVERLAP',
        message: `${showName(entry.path)} overlaps what follows it in the zip archive.`,
        fix: 'Build the archive again with a current zip program.',
      },
      offset,
    );
  }
  const descriptor = deferred ? await readDescriptor(source, entry, dataEnd, nextOffset - dataEnd) : null;
  if (descriptor === null && dataEnd !== nextOffset) throw gap(entry, dataEnd);
  // Programs that read from a pipe would expect the next entry elsewhere.
  if (descriptor !== null && (descriptor.numberBytes === 8) !== header.hasZip64)
    throw mismatch(entry, 'its data descriptor has another width than its zip64 field says');
  if (descriptor?.hasSignature === false && entry.method === method.stored)
    throw mismatch(entry, 'nothing marks where its stored content ends');
  return { dataOffset, endOffset: nextOffset, descriptor };
}

async function readDescriptor(
  source: RandomAccessSource,
  entry: CentralEntry,
  at: number,
  length: number,
): Promise<DescriptorForm> {
  const hasSignature = length === 16 || length === 24;
  if (![12, 16, 20, 24].includes(length)) throw gap(entry, at);
  const view = viewOf(await source.read(at, length));
  const start = hasSignature ? 4 : 0;
  const numberBytes = length - start === 12 ? 4 : 8;
  const read = (from: number) =>
    numberBytes === 4 ? view.getUint32(from, true) : readUint64(view, from, at + from);
  if (
    (hasSignature && view.getUint32(0, true) !== signature.descriptor) ||
    view.getUint32(start, true) !== entry.crc32 ||
    read(start + 4) !== entry.packedBytes ||
    read(start + 4 + numberBytes) !== entry.sizeBytes
  ) {
    throw mismatch(entry, 'its data descriptor differs');
  }
  return { hasSignature, numberBytes };
}

function gap(entry: CentralEntry, offset: number): ArchiveError {
  return new ArchiveError(
    {
      code: 'HIDDEN_DATA',
      message: `Bytes that belong to no entry follow ${showName(entry.path)} in the zip archive.`,
      fix: 'Build the archive again; zip programs leave no gaps.',
    },
    offset,
  );
}

function mismatch(entry: CentralEntry, what: string): ArchiveError {
  return new ArchiveError(
    {
      code: 'HEADER_MISMATCH',
      message: `The entry ${showName(entry.path)} and the zip directory contradict each other: ${what}.`,
      fix: 'Build the archive again with a current zip program.',
    },
    entry.localOffset,
  );
}
