/**
 * One 512-byte tar header block: POSIX.1-1988 ustar (pax(1) "ustar Interchange Format"), GNU and v7.
 * name 0+100, mode 100+8, size 124+12, chksum 148+8, typeflag 156, linkname 157+100, magic 257+8, prefix 345+155
 */
import { ArchiveError, isZero } from '../archive/index.ts';

export const blockBytes = 512;
/** What 11 octal digits hold: larger sizes have no portable form in the header itself. */
export const headerSizeBytesMax = 8 ** 11 - 1;
const sizeField = { offset: 124, length: 12 } as const;
const checksumField = { offset: 148, length: 8 } as const;

export interface TarHeader {
  /** prefix + `/` + name for ustar, name alone otherwise; without terminator. */
  readonly name: Uint8Array;
  /** One ASCII character; NUL (v7's mark for a file) is given as `0`. */
  readonly typeflag: string;
  readonly sizeBytes: number;
}

/** 512 bytes → header. Rejects a wrong checksum, unknown magic, bad numbers and bytes hidden after a name. */
export function parseTarHeader(block: Uint8Array, offset: number): TarHeader {
  if (octalOf(block, checksumField) !== checksumOf(block)) {
    throw new ArchiveError(
      {
        code: offset === 0 ? 'WRONG_FORMAT' : 'BAD_CHECKSUM',
        message:
          offset === 0
            ? 'The file is no tar archive: its first block has no valid tar checksum.'
            : 'A tar header has a wrong checksum: the archive is damaged.',
        fix: 'Build the archive again, or correct the type in the artifact configuration.',
      },
      offset,
    );
  }
  const name = untilNul(block, 0, 100, offset);
  const typeflag = block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0);
  const sizeBytes = readSize(block, offset);
  untilNul(block, 157, 100, offset);
  return { name: withPrefix(block, name, offset), typeflag, sizeBytes };
}

function withPrefix(block: Uint8Array, name: Uint8Array, offset: number): Uint8Array {
  const magic = Buffer.from(block.subarray(257, 265)).toString('latin1');
  // Old GNU headers keep times and sparse maps where ustar has its prefix.
  if (magic === 'ustar  \0') return name;
  if (magic === '\0'.repeat(8) && isZero(block.subarray(265, blockBytes))) return name;
  if (!/^ustar(?:\0| )(?:00|\0\0| \0|0\0)$/.test(magic)) {
    throw badHeader('A tar header is of a dialect other than ustar, pax and GNU.', offset);
  }
  // star and node-tar keep access and change time in the last 25 bytes of the prefix.
  const prefix = untilNul(block, 345, block[475] === 0 ? 130 : 155, offset);
  if (prefix.length === 0) return name;
  return Buffer.concat([prefix, Uint8Array.of(0x2f), name]);
}

function untilNul(block: Uint8Array, start: number, length: number, offset: number): Uint8Array {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  if (end === -1) return field;
  if (!isZero(field.subarray(end))) {
    throw new ArchiveError(
      {
        code: 'NAME_CHARACTERS',
        message: 'A name in a tar header goes on after a NUL character, where programs stop reading it.',
        fix: 'Build the archive with a current tar program.',
      },
      offset,
    );
  }
  return field.subarray(0, end);
}

function checksumOf(block: Uint8Array): number {
  const { offset, length } = checksumField;
  return block.reduce((sum, byte, at) => sum + (at >= offset && at < offset + length ? 0x20 : byte), 0);
}

interface Field {
  readonly offset: number;
  readonly length: number;
}

/** NaN where the field holds no octal number. */
function octalOf(block: Uint8Array, field: Field): number {
  const text = Buffer.from(block.subarray(field.offset, field.offset + field.length)).toString('latin1');
  const digits = /^ *([0-7]*)[ \0]*$/.exec(text)?.[1];
  return digits === '' ? 0 : parseInt(digits ?? '', 8);
}

function readSize(block: Uint8Array, offset: number): number {
  const field = block.subarray(sizeField.offset, sizeField.offset + sizeField.length);
  if (field[0] !== 0x80) {
    const size = octalOf(block, sizeField);
    if (Number.isNaN(size)) throw badHeader('The size in a tar header is no octal number.', offset);
    return size;
  }
  // GNU base-256: 0x80, then a big-endian number. Six bytes are all a double counts exactly.
  const value = Buffer.from(field).readUIntBE(6, 6);
  if (!isZero(field.subarray(1, 6))) throw badHeader('The size in a tar header is out of range.', offset);
  return value;
}

/** header block + new size → a copy that differs in size and checksum only, in the field's own style. */
export function withSize(block: Uint8Array, sizeBytes: number): Uint8Array {
  const changed = Uint8Array.from(block);
  if (changed[sizeField.offset] === 0x80) {
    Buffer.from(changed.buffer).writeUIntBE(sizeBytes, sizeField.offset + 6, 6);
  } else {
    writeOctal(changed, sizeField, sizeBytes);
  }
  writeOctal(changed, checksumField, checksumOf(changed));
  return changed;
}

/** Programs pad and end numbers differently (zeros or spaces, NUL or space): keep what is there. */
function writeOctal(block: Uint8Array, field: Field, value: number): void {
  const at = block.subarray(field.offset, field.offset + field.length);
  const end = at.findLastIndex((byte) => byte >= 0x30 && byte <= 0x37) + 1;
  const digits = value.toString(8);
  if (digits.length <= end) {
    at.set(Buffer.from(digits.padStart(end, at[0] === 0x20 ? ' ' : '0')));
    return;
  }
  if (digits.length >= field.length) {
    throw new ArchiveError({
      code: 'NOT_REWRITABLE',
      message: `A signed entry of ${value} bytes is too large for its tar header.`,
      fix: 'Keep signed files under 8 GiB.',
    });
  }
  at.fill(0);
  at.set(Buffer.from(digits.padStart(field.length - 1, '0')));
}

export function badHeader(message: string, offset: number): ArchiveError {
  return new ArchiveError(
    { code: 'BAD_HEADER', message, fix: 'Build the archive again with a current tar program.' },
    offset,
  );
}
