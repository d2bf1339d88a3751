/** Signatures, flags and extra fields of ZIP (PKWARE APPNOTE 6.3.10). All numbers are little-endian. */
import { crc32 } from 'node:zlib';
import { ArchiveError, isZero } from '../archive/index.ts';

export const signature = {
  local: 0x04034b50,
  central: 0x02014b50,
  descriptor: 0x08074b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;

/** In a 4-byte field: "see the zip64 extra field" (APPNOTE §4.4.8). */
export const inZip64 = 0xffffffff;
export const inZip64Short = 0xffff;

/** General purpose bits, APPNOTE §4.4.4. */
export const flag = {
  encrypted: 1 << 0,
  descriptor: 1 << 3,
  patched: 1 << 5,
  strongEncryption: 1 << 6,
  utf8: 1 << 11,
  maskedHeader: 1 << 13,
  reserved: (1 << 4) | (0xf << 7) | (1 << 12) | (3 << 14),
} as const;

export const method = { stored: 0, deflated: 8, aes: 99 } as const;

const zip64Id = 0x0001;
const unicodePathId = 0x7075;
/**
 * Extra fields that change no name, size, type or content for any program (APPNOTE §4.6, Info-ZIP's proginfo/extrafld.txt). Others
 * do: libarchive reads attributes, and with them links, from 0x6c78; ASi (0x756e) and PKWARE's Unix field (0x000d) contain
 * the target of a link, those of the old Macintosh a second content.
 */
const harmlessIds = new Set([
  0x000a, // NTFS times
  0x5455, // times
  0x5855, // times and owner, old
  0x7855, // owner, old
  0x7875, // owner
  0x6375, // comment in UTF-8
  0xcafe, // the mark of a jar
  0xd935, // padding for alignment, of Android's tools
  0xa220, // padding, of Office's
]);

export interface ExtraFields {
  /** Contents of the zip64 extra field, as a part of the given bytes, or null. */
  readonly zip64: Uint8Array | null;
  readonly unicodePath: Uint8Array | null;
}

/** Extra field area → the two fields that change how an entry is read. Rejects broken lengths, repeats and fields not known to be harmless. */
export function parseExtraFields(area: Uint8Array, offset: number): ExtraFields {
  const view = viewOf(area);
  const found: { zip64: Uint8Array | null; unicodePath: Uint8Array | null } = {
    zip64: null,
    unicodePath: null,
  };
  const seen = new Set<number>();
  let at = 0;
  while (at + 4 <= area.length) {
    const id = view.getUint16(at, true);
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > area.length)
      throw badHeader('An extra field of the zip archive is longer than its space.', offset + at);
    const slot = id === zip64Id ? 'zip64' : id === unicodePathId ? 'unicodePath' : null;
    if (seen.has(id)) throw ambiguous('An entry has the same extra field twice.', offset + at);
    seen.add(id);
    if (slot !== null) found[slot] = area.subarray(at + 4, end);
    else if (!harmlessIds.has(id)) throw unknownField(id, offset + at);
    at = end;
  }
  // Up to three zero bytes of padding: alignment tools leave them.
  if (!isZero(area.subarray(at)))
    throw badHeader('An extra field of the zip archive is cut off.', offset + at);
  return found;
}

/**
 * Info-ZIP Unicode Path, APPNOTE §4.6.9: version(1) crc32 of the header's name(4) UTF-8 name. Only the same
 * name again is accepted: programs differ in which of two names they use.
 */
export function confirmsName(unicodePath: Uint8Array, name: Uint8Array): boolean {
  const same = Buffer.from(unicodePath.subarray(5)).equals(name);
  return same && unicodePath[0] === 1 && viewOf(unicodePath).getUint32(1, true) === crc32(name);
}

function unknownField(id: number, offset: number): ArchiveError {
  return new ArchiveError(
    {
      code: 'EXTRA_FIELD',
      message: `An entry has the extra field 0x${id.toString(16).padStart(4, '0')}, because of which some programs unpack something different, or which isn’t known to be harmless.`,
      fix: 'Build the archive without extra fields (zip -X).',
    },
    offset,
  );
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** 8-byte number. Rejects what a double can't represent exactly. */
export function readUint64(view: DataView, at: number, offset: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw badHeader('A zip64 number is out of range.', offset);
  return Number(value);
}

const rebuild = 'Build the archive again with a current zip program.';

export function badHeader(message: string, offset: number): ArchiveError {
  return new ArchiveError({ code: 'BAD_HEADER', message, fix: rebuild }, offset);
}

export function ambiguous(message: string, offset: number): ArchiveError {
  return new ArchiveError({ code: 'AMBIGUOUS', message, fix: rebuild }, offset);
}
