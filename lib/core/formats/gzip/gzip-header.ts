/**
 * The header and trailer of a gzip member, RFC 1952 §2.3.
 * ID1 ID2 CM FLG MTIME(4) XFL OS [XLEN extra] [name NUL] [comment NUL] [CRC16] deflate CRC32(4) ISIZE(4)
 */
import { crc32 } from 'node:zlib';
import { ArchiveError, showName, truncated } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';

export const gzipTrailerBytes = 8;
const fixedBytes = 10;
const headerBytesMax = 64 * 1024;
const flag = { text: 1, headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** gzip file → its raw header bytes, all optional fields included. */
export async function readGzipHeader(
  source: RandomAccessSource,
  { anyName = false }: { readonly anyName?: boolean } = {},
): Promise<Uint8Array> {
  const fixed = await source.read(0, Math.min(source.size, fixedBytes));
  const isLonger = ((fixed[3] ?? 0) & (flag.headerCrc | flag.extra | flag.name | flag.comment)) !== 0;
  const start = isLonger ? await source.read(0, Math.min(source.size, headerBytesMax)) : fixed;
  if (start.length < 2 || start[0] !== 0x1f || start[1] !== 0x8b) {
    throw new ArchiveError(
      {
        code: 'WRONG_FORMAT',
        message: 'The file is not a gzip file: it does not start with 1f 8b.',
        fix: 'Upload the .tar.gz that the artifact configuration declares, or correct the configuration.',
      },
      0,
    );
  }
  if (start.length < fixedBytes) throw truncated(start.length);
  const flags = start[3] ?? 0;
  if (start[2] !== 8 || (flags & flag.reserved) !== 0) {
    throw badHeader('The gzip header names a compression method or flags that RFC 1952 does not know.', 2);
  }
  let at = fixedBytes;
  if ((flags & flag.extra) !== 0 && anyName) at += 2 + (start[at] ?? 0) + ((start[at + 1] ?? 0) << 8);
  else if ((flags & flag.extra) !== 0)
    throw badHeader('The gzip header has an extra field, which no gzip program writes for one file.', at);
  if ((flags & flag.name) !== 0) {
    const end = afterZero(start, at);
    if (!anyName) checkName(Buffer.from(start.subarray(at, end - 1)).toString('latin1'), at);
    at = end;
  }
  if ((flags & flag.comment) !== 0) at = afterZero(start, at);
  if ((flags & flag.headerCrc) !== 0) {
    const expected = (start[at] ?? 0) | ((start[at + 1] ?? 0) << 8);
    if (start.length >= at + 2 && (crc32(start.subarray(0, at)) & 0xffff) !== expected) {
      throw badHeader('The checksum of the gzip header is wrong.', at);
    }
    at += 2;
  }
  if (at > start.length) {
    throw source.size > headerBytesMax
      ? badHeader('The gzip header is longer than 64 KiB.', 0)
      : truncated(at);
  }
  return Uint8Array.from(start.subarray(0, at));
}

/** 7-Zip and `gunzip -N` give the unpacked file this name: it must look like what it is, and stay where it is unpacked. */
function checkName(name: string, offset: number): void {
  const isPlain =
    /^[\x20-\x7e]+\.(?:tar|tgz)$/i.test(name) && !/[<>:"|?*/\\]/.test(name) && !name.startsWith('._');
  if (isPlain) return;
  throw new ArchiveError(
    {
      code: 'AMBIGUOUS',
      message: `The gzip header names its content ${showName(name)}: 7-Zip and gunzip -N unpack a file of that name instead of a .tar.`,
      fix: 'Compress without a name (gzip -n), or a file whose plain ASCII name ends in .tar.',
    },
    offset,
  );
}

function afterZero(bytes: Uint8Array, from: number): number {
  const zero = bytes.indexOf(0, from);
  if (zero === -1) throw badHeader('A text field of the gzip header does not end.', from);
  return zero + 1;
}

function badHeader(message: string, offset: number): ArchiveError {
  return new ArchiveError(
    { code: 'BAD_HEADER', message, fix: 'Compress the file again with a current gzip.' },
    offset,
  );
}
