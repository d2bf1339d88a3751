/**
 * One 512-byte tar header block: POSIX.1-1988 ustar (pax(1) "ustar Interchange Format") and GNU.
 * name 0+100, mode 100+8, size 124+12, chksum 148+8, typeflag 156, linkname 157+100, magic 257+8, prefix 345+155
 */
import { ArchiveError, isZero } from '../archive/index.ts';
import { readNumber, type NumberField } from './tar-number.ts';

export const blockBytes = 512;
/** The largest number in 11 octal digits: larger sizes have no portable form in the header itself. */
export const headerSizeBytesMax = 8 ** 11 - 1;
const sparseType = 0x53;
const sizeField = { offset: 124, length: 12 } as const;
const checksumField = { offset: 148, length: 8 } as const;
/**
 * The other fields have no effect here, but Python silently ends the archive at one that it can't read. npm omits owners,
 * most programs omit device numbers.
 */
const otherFields = [
  { name: 'mode', offset: 100, length: 8, blank: false, base256: 'none' },
  { name: 'owner', offset: 108, length: 8, blank: true, base256: 'positive' },
  { name: 'group', offset: 116, length: 8, blank: true, base256: 'positive' },
  { name: 'time', offset: 136, length: 12, blank: true, base256: 'signed' },
  { name: 'device number', offset: 329, length: 8, blank: true, base256: 'none' },
  { name: 'device number', offset: 337, length: 8, blank: true, base256: 'none' },
] as const;

export interface TarHeader {
  /** prefix + `/` + name for ustar, name alone otherwise; without terminator. */
  readonly name: Uint8Array;
  /** One ASCII character; NUL (v7's mark for a file) is given as `0`. */
  readonly typeflag: string;
  readonly sizeBytes: number;
}

/**
 * 512 bytes → header. Rejects a wrong checksum, dialects other than ustar (and pax) and GNU, numbers in forms that programs read
 * differently, bytes after the end of a name and where a dialect has no fields.
 */
export function parseTarHeader(block: Uint8Array, offset: number): TarHeader {
  if (readNumber(block, checksumField, { blank: false, base256: 'none' }) !== checksumOf(block)) {
    throw new ArchiveError(
      {
        code: offset === 0 ? 'WRONG_FORMAT' : 'BAD_CHECKSUM',
        message:
          offset === 0
            ? 'The file is not a tar archive: its first block has no valid tar checksum.'
            : 'A tar header has a wrong checksum: the archive is damaged.',
        fix: 'Build the archive again, or correct the type in the artifact configuration.',
      },
      offset,
    );
  }
  const name = untilNul(block, 0, 100, offset);
  const typeflag = block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0);
  const sizeBytes = readNumber(block, sizeField, { blank: false, base256: 'positive' });
  if (Number.isNaN(sizeBytes)) throw badHeader('The size in a tar header is not a number.', offset);
  for (const field of otherFields) {
    if (Number.isNaN(readNumber(block, field, field)))
      throw badHeader(`The ${field.name} in a tar header is not a number.`, offset);
  }
  const linkName = untilNul(block, 157, 100, offset);
  if (linkName.length > 0 && typeflag !== '1' && typeflag !== '2')
    throw ambiguous('A tar header names the target of a link, but is not a link.', offset);
  return { name: withPrefix(block, name, offset), typeflag, sizeBytes };
}

function withPrefix(block: Uint8Array, name: Uint8Array, offset: number): Uint8Array {
  const magic = Buffer.from(block.subarray(257, 265)).toString('latin1');
  if (magic === 'ustar  \0') {
    // GNU's own fields: times and the map of a sparse file, which bsdtar applies to every type of entry, and where Python
    // reads ustar's prefix.
    // A sparse file is refused by its type, with a better reason.
    if (block[156] !== sparseType && !isZero(block.subarray(345)))
      throw ambiguous('A GNU tar header contains times or a sparse map.', offset);
    return name;
  }
  if (magic !== 'ustar\x0000') {
    // Others that look alike (`ustar` with a space, as written by Perl) have a prefix for some programs and none for others.
    throw badHeader('A tar header is of a dialect other than ustar, pax and GNU.', offset);
  }
  // star and node-tar keep access and change time in the last 25 bytes of the prefix.
  const times = block[475] === 0;
  const prefix = untilNul(block, 345, times ? 130 : 155, offset);
  if (
    times &&
    !/^(?:\0{24}|(?:[0-7]{11}[ \0]){2})$/.test(Buffer.from(block.subarray(476, 500)).toString('latin1'))
  )
    throw ambiguous('The prefix in a tar header continues after its end.', offset);
  if (!isZero(block.subarray(500)))
    throw ambiguous('There are bytes after the fields of a tar header.', offset);
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
        message: 'A name in a tar header continues after a NUL character, where programs stop reading it.',
        fix: rebuild,
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

/** Programs pad and terminate numbers differently (zeros or spaces, NUL or space): the existing style is kept. */
function writeOctal(block: Uint8Array, field: NumberField, value: number): void {
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

const rebuild =
  'Build the archive again with a current tar program (tar --format=ustar, or --format=gnu for long names).';

export function badHeader(message: string, offset: number): ArchiveError {
  return new ArchiveError({ code: 'BAD_HEADER', message, fix: rebuild }, offset);
}

export function ambiguous(message: string, offset: number): ArchiveError {
  return new ArchiveError({ code: 'AMBIGUOUS', message, fix: rebuild }, offset);
}
