/** zip file → entries, if directory, local headers and the bytes between them are consistent. */
import { crc32 } from 'node:zlib';
import {
  ArchiveError,
  guardRatio,
  showName,
  streamRange,
  type UnpackBudget,
  type UnpackLimits,
} from '../archive/index.ts';
import { inflateRaw, inflateSmall } from '../gzip/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { readCentralDirectory, type CentralEntry } from './central-directory.ts';
import { readZipEnd, type ZipEnd } from './end-record.ts';
import { readLocalEntry, type LocalEntry } from './local-header.ts';
import { method } from './zip-fields.ts';

export type ZipEntry = CentralEntry & LocalEntry;

export interface ZipArchive {
  /** In the order of the central directory. */
  readonly entries: readonly ZipEntry[];
  readonly end: ZipEnd;
}

/**
 * Reads directory and headers, not the content. Rejects (ArchiveError) bytes before, between and after the
 * entries, overlaps, contradictions and split archives. Links, encryption, methods other than store and deflate and bad
 * names are issues of the entry. `behindOtherBytes`: only for scanning self-extracting archives.
 */
export async function readZip(
  source: RandomAccessSource,
  budget: UnpackBudget,
  { behindOtherBytes = false }: { readonly behindOtherBytes?: boolean } = {},
): Promise<ZipArchive> {
  const end = await readZipEnd(source);
  const central = await readCentralDirectory(source, end, budget);
  const inFile = central
    .map((entry, index) => ({ entry, index }))
    .sort((left, right) => left.entry.localOffset - right.entry.localOffset);
  const first = inFile[0]?.entry.localOffset ?? end.centralOffset;
  if (first !== 0 && !behindOtherBytes) {
    throw new ArchiveError(
      {
        code: 'HIDDEN_DATA',
        message: `${first} other bytes precede the start of the zip archive.`,
        fix: 'Upload a plain zip archive; self-extracting archives are refused.',
      },
      0,
    );
  }
  const other = await otherFormat(source);
  if (other !== null) {
    throw new ArchiveError({
      code: 'AMBIGUOUS',
      message: `The zip archive is also ${other}: programs that check the content first unpack that instead.`,
      fix: 'Pack with deflate (the default of zip), not stored.',
    });
  }
  const entries = new Array<ZipEntry>(central.length);
  for (const [place, { entry, index }] of inFile.entries()) {
    const nextOffset = inFile[place + 1]?.entry.localOffset ?? end.centralOffset;
    entries[index] = { ...entry, ...(await readLocalEntry(source, entry, nextOffset)) };
  }
  return { entries, end };
}

const [tarBytes, isoOffset] = [512, 32_769];

/** libarchive, and with it bsdtar and tar.exe of Windows, gives either of these marks precedence over those of zip. */
async function otherFormat(source: RandomAccessSource): Promise<string | null> {
  if (source.size >= tarBytes) {
    const block = Buffer.from(await source.read(0, tarBytes));
    const sum = parseInt(/^[ \0]*([0-7]+)/.exec(block.toString('latin1', 148, 156))?.[1] ?? '', 8);
    const outside = [...block.subarray(0, 148), ...block.subarray(156)];
    const unsigned = outside.reduce((total, byte) => total + byte, 8 * 0x20);
    const negative = outside.filter((byte) => byte >= 0x80).length;
    if (sum === unsigned || sum === unsigned - 256 * negative) return 'a tar archive';
  }
  if (source.size < isoOffset + 5) return null;
  const mark = Buffer.from(await source.read(isoOffset, 5)).toString('latin1');
  return mark === 'CD001' ? 'a disk image' : null;
}

const smallBytesMax = 4 * 1024 * 1024;

const isSmall = (entry: ZipEntry, { ratioFloorBytes }: UnpackLimits): boolean =>
  entry.method !== method.stored &&
  Math.max(entry.packedBytes, entry.sizeBytes) <= Math.min(smallBytesMax, ratioFloorBytes);

/** An archive of thousands of small files needs no thousands of decoders. What unpacks to more than is stated yields nothing. */
async function* small(
  source: RandomAccessSource,
  { dataOffset, packedBytes, sizeBytes }: ZipEntry,
  consumed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const found = inflateSmall(await readExactly(source, dataOffset, packedBytes), sizeBytes);
  if (found === null) return;
  if (found.unpacked.length > 0) yield found.unpacked;
  consumed(found.consumed);
}

/**
 * Streams the content of one entry. Rejects a wrong checksum or size, bombs, and bytes left over after the
 * compressed stream. Read to the end before relying on any of it.
 */
export async function* openZipEntry(
  source: RandomAccessSource,
  entry: ZipEntry,
  limits: UnpackLimits,
): AsyncGenerator<Uint8Array> {
  const packed = streamRange(source, entry.dataOffset, entry.packedBytes);
  let packedBytes = entry.packedBytes;
  const unpacked = isSmall(entry, limits)
    ? small(source, entry, (bytes) => (packedBytes = bytes))
    : entry.method === method.stored
      ? packed
      : guardRatio(
          inflateRaw(packed, (bytes) => (packedBytes = bytes)),
          entry.packedBytes,
          limits,
        );
  let checksum = 0;
  let sizeBytes = 0;
  for await (const chunk of unpacked) {
    checksum = crc32(chunk, checksum);
    sizeBytes += chunk.length;
    if (sizeBytes > entry.sizeBytes) break;
    yield chunk;
  }
  if (sizeBytes !== entry.sizeBytes || checksum !== entry.crc32) {
    throw new ArchiveError(
      {
        code: 'BAD_CHECKSUM',
        message: `${showName(entry.path)} does not unpack to the size and checksum that the zip directory gives.`,
        fix: 'Build and upload the archive again.',
      },
      entry.localOffset,
    );
  }
  if (packedBytes !== entry.packedBytes) {
    throw new ArchiveError(
      {
        code: 'HIDDEN_DATA',
        message: `Bytes follow the compressed data inside ${showName(entry.path)}.`,
        fix: 'Build the archive again with a current zip program.',
      },
      entry.dataOffset + packedBytes,
    );
  }
}
