/** gzip file → unpacked bytes, one member exactly (RFC 1952). */
import { crc32 } from 'node:zlib';
import { ArchiveError, guardRatio, streamRange, truncated, type UnpackLimits } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { inflateRaw } from './deflate-stream.ts';
import { gzipTrailerBytes, readGzipHeader } from './gzip-header.ts';

/**
 * Streams the content. Rejects wrong checksum or length, truncation, decompression bombs, further members and
 * any byte after the first (`gunzip` joins members and readers differ on the rest).
 * `anyName`: nothing is unpacked under the name in the header. `isPart`: other bytes may follow the first member.
 * The final checks run after the last chunk: read to the end before relying on any of it.
 */
export async function* readGzip(
  source: RandomAccessSource,
  limits: UnpackLimits,
  { anyName = false, isPart = false }: { readonly anyName?: boolean; readonly isPart?: boolean } = {},
): AsyncGenerator<Uint8Array> {
  const header = await readGzipHeader(source, { anyName });
  const packedMax = source.size - header.length - gzipTrailerBytes;
  if (packedMax < 2) throw truncated(source.size);
  let packedBytes = 0;
  let checksum = 0;
  let unpackedBytes = 0;
  const packed = streamRange(source, header.length, packedMax);
  const unpacked = inflateRaw(packed, (bytes) => (packedBytes = bytes), header.length);
  for await (const chunk of guardRatio(unpacked, packedMax, limits)) {
    checksum = crc32(chunk, checksum);
    unpackedBytes += chunk.length;
    yield chunk;
  }
  await checkEnd(source, header.length + packedBytes, checksum, unpackedBytes, isPart);
}

async function checkEnd(
  source: RandomAccessSource,
  at: number,
  checksum: number,
  unpackedBytes: number,
  isPart: boolean,
) {
  const end = at + gzipTrailerBytes;
  const bytes = await source.read(at, Math.min(gzipTrailerBytes + 2, source.size - at));
  const trailer = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (trailer.getUint32(0, true) !== checksum || trailer.getUint32(4, true) !== unpackedBytes % 2 ** 32) {
    throw new ArchiveError(
      {
        code: 'BAD_CHECKSUM',
        message: 'The checksum or length at the end of the gzip file does not match its content.',
        fix: 'Build and upload the file again.',
      },
      at,
    );
  }
  if (end === source.size || isPart) return;
  if (bytes[8] === 0x1f && bytes[9] === 0x8b) {
    throw new ArchiveError(
      {
        code: 'MULTIPLE_MEMBERS',
        message:
          'The gzip file contains a second member after the first; some programs read only one of them.',
        fix: 'Compress everything as one gzip member (not by joining .gz files or with bgzip).',
      },
      end,
    );
  }
  throw new ArchiveError(
    {
      code: 'TRAILING_DATA',
      message: `${source.size - end} more bytes follow the end of the gzip data.`,
      fix: 'Upload the file exactly as gzip wrote it, with nothing appended.',
    },
    end,
  );
}
