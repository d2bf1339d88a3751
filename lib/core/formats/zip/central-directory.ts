/** Central directory records (APPNOTE §4.3.12): the zip archive's own list of its entries. */
import {
  ArchiveError,
  readEntryName,
  showCp437,
  showName,
  type ArchiveIssue,
  type UnpackBudget,
} from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import type { ZipEnd } from './end-record.ts';
import {
  ambiguous,
  badHeader,
  confirmsName,
  flag,
  inZip64,
  inZip64Short,
  method,
  parseExtraFields,
  readUint64,
  signature,
  viewOf,
} from './zip-fields.ts';

const centralBytes = 46;
/** Of "version made by" (APPNOTE §4.4.2): for these, unzip 6.0 reads names as code page 850, whatever their flag says. */
const pcSystems = new Set([0, 6]);
/** MS-DOS and Windows: volume label, device, reparse point (MS-FSCC §2.6). */
const specialAttributes = 0x08 | 0x40 | 0x400;

/** Where a number is in a record: 4 bytes in the record itself or 8 in its zip64 extra field. */
export interface NumberPlace {
  readonly at: number;
  readonly bytes: 4 | 8;
}

export interface CentralEntry {
  /** The whole record, as a part of the directory's bytes. */
  readonly record: Uint8Array;
  readonly path: string;
  readonly type: 'file' | 'directory';
  readonly issues: readonly ArchiveIssue[];
  readonly name: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly localOffset: number;
  readonly places: Readonly<Record<'size' | 'packed' | 'offset', NumberPlace>>;
}

/** Reads the whole directory; its size is bounded by the limits on names and entries. */
export async function readCentralDirectory(
  source: RandomAccessSource,
  end: ZipEnd,
  budget: UnpackBudget,
): Promise<readonly CentralEntry[]> {
  const { namesBytesMax, entryCountMax } = budget.limits;
  if (end.centralBytes > namesBytesMax + centralBytes * entryCountMax) {
    throw new ArchiveError({
      code: 'LIMIT_NAMES',
      message: `The directory of the zip archive takes ${end.centralBytes} bytes.`,
      fix: 'Split the artifact, or ask the foundation to raise the limit.',
    });
  }
  const bytes = await source.read(end.centralOffset, end.centralBytes);
  const entries: CentralEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const entry = readRecord(bytes, at, end.centralOffset, budget);
    entries.push(entry);
    at += entry.record.length;
  }
  if (entries.length !== end.entryCount) {
    throw ambiguous(
      `The zip archive states ${end.entryCount} entries, but its directory lists ${entries.length}.`,
      end.centralOffset,
    );
  }
  return entries;
}

function readRecord(directory: Uint8Array, at: number, base: number, budget: UnpackBudget): CentralEntry {
  const offset = base + at;
  const view = viewOf(directory.subarray(at));
  if (view.byteLength < centralBytes || view.getUint32(0, true) !== signature.central) {
    throw badHeader('A record of the zip directory is damaged.', offset);
  }
  const nameBytes = view.getUint16(28, true);
  const extraBytes = view.getUint16(30, true);
  const length = centralBytes + nameBytes + extraBytes + view.getUint16(32, true);
  if (length > view.byteLength) throw badHeader('A record of the zip directory is cut off.', offset);
  if (view.getUint16(34, true) !== 0) throw badHeader('The zip archive is split over several files.', offset);
  budget.countEntry(length - centralBytes);

  const record = directory.subarray(at, at + length);
  const name = record.subarray(centralBytes, centralBytes + nameBytes);
  const extra = record.subarray(centralBytes + nameBytes, centralBytes + nameBytes + extraBytes);
  const fields = parseExtraFields(extra, offset + centralBytes + nameBytes);
  const places = findPlaces(record, fields.zip64, offset);
  const read = ({ at, bytes }: NumberPlace) =>
    bytes === 4 ? view.getUint32(at, true) : readUint64(view, at, offset);

  const flags = view.getUint16(8, true);
  const sizeBytes = read(places.size);
  const packedBytes = read(places.packed);
  const packing = view.getUint16(10, true);
  const entryName = readEntryName(name, budget.limits.nameBytesMax, showCp437);
  const issues = [
    ...entryName.issues,
    ...nameIssues(name, flags, record[5] ?? 0, fields.unicodePath, entryName.path),
  ];
  const type = entryName.isDirectoryName ? 'directory' : 'file';
  issues.push(...contentIssues(flags, packing, sizeBytes, entryName.path));
  issues.push(...attributeIssues(view.getUint32(38, true), type, entryName.path));
  if (packing === method.stored && packedBytes !== sizeBytes) {
    throw ambiguous(
      `${showName(entryName.path)} is stored, but its packed and unpacked sizes differ.`,
      offset,
    );
  }
  if (type === 'directory' && (sizeBytes !== 0 || packedBytes > 2)) {
    throw ambiguous(`The folder ${showName(entryName.path)} declares content.`, offset);
  }
  budget.countContent(sizeBytes);
  return {
    record,
    path: entryName.path,
    type,
    issues,
    name,
    flags,
    method: packing,
    crc32: view.getUint32(16, true),
    packedBytes,
    sizeBytes,
    localOffset: read(places.offset),
    places,
  };
}

/** APPNOTE §4.5.3: the zip64 field contains, in this order, only the numbers whose own fields refer to it. */
function findPlaces(record: Uint8Array, zip64: Uint8Array | null, offset: number): CentralEntry['places'] {
  const view = viewOf(record);
  const start = zip64 === null ? 0 : zip64.byteOffset - record.byteOffset;
  let used = 0;
  const place = (at: number): NumberPlace => {
    if (view.getUint32(at, true) !== inZip64) return { at, bytes: 4 };
    used += 8;
    return { at: start + used - 8, bytes: 8 };
  };
  const places = { size: place(24), packed: place(20), offset: place(42) };
  if (view.getUint16(34, true) === inZip64Short) used += 4;
  if (used !== (zip64?.length ?? 0)) {
    throw ambiguous('The zip64 field of an entry does not fit its record.', offset);
  }
  return places;
}

function nameIssues(
  name: Uint8Array,
  flags: number,
  madeOn: number,
  unicodePath: Uint8Array | null,
  path: string,
): readonly ArchiveIssue[] {
  const isAscii = name.every((byte) => byte < 0x80);
  // `./` is the archive's own root to all programs.
  if (Buffer.from(name).toString('latin1') === '.') {
    return [
      {
        code: 'AMBIGUOUS',
        message:
          'An entry is named ".": unzip and 7-Zip create a file "_" for it, others treat it as the folder they unpack to.',
        fix: 'Pack with plain relative names.',
      },
    ];
  }
  if (unicodePath !== null && !confirmsName(unicodePath, name)) {
    return [
      {
        code: 'AMBIGUOUS',
        message: `${showName(path)} carries a second, different name in an extra field.`,
        fix: 'Build the archive with UTF-8 names (zip -UN=UTF8).',
      },
    ];
  }
  // A second name in UTF-8 doesn't help: Python still reads the first as code page 437.
  if (!isAscii && (flags & flag.utf8) !== 0 && pcSystems.has(madeOn)) {
    return [
      {
        code: 'NAME_ENCODING',
        message: `${showName(path)} has non-ASCII characters and states that it was packed on MS-DOS or OS/2, so unzip reads it in their character set.`,
        fix: 'Give files ASCII names, or pack with zip or 7-Zip on Linux or macOS.',
      },
    ];
  }
  // A name that isn't UTF-8 has already been refused and has no path.
  if (isAscii || (flags & flag.utf8) !== 0 || path === '') return [];
  return [
    {
      code: 'NAME_ENCODING',
      message: `${showName(path)} has non-ASCII characters without the zip flag for UTF-8: programs that follow the format read ${showCp437(name)}.`,
      fix: 'Build the archive with UTF-8 names (zip -UN=UTF8).',
    },
  ];
}

function contentIssues(
  flags: number,
  packing: number,
  sizeBytes: number,
  path: string,
): readonly ArchiveIssue[] {
  const shown = showName(path);
  const encrypted = flag.encrypted | flag.strongEncryption | flag.maskedHeader;
  if ((flags & encrypted) !== 0 || packing === method.aes) {
    return [
      {
        code: 'ENCRYPTED',
        message: `${shown} is encrypted, so it can't be inspected or scanned.`,
        fix: 'Pack without a password.',
      },
    ];
  }
  if ((flags & flag.descriptor) !== 0 && packing === method.stored && sizeBytes > 0) {
    return [
      {
        code: 'AMBIGUOUS',
        message: `${shown} is stored, and its size comes after it: programs that read from a pipe can’t tell where it ends.`,
        fix: 'Pack with deflate, or to a file instead of a pipe.',
      },
    ];
  }
  const isUnknown = packing !== method.stored && packing !== method.deflated;
  if (isUnknown || (flags & (flag.patched | flag.reserved)) !== 0) {
    return [
      {
        code: 'UNSUPPORTED',
        message: `${shown} is packed with method ${packing}, flags 0x${flags.toString(16)}; only store and deflate are supported.`,
        fix: 'Pack with deflate (the default of zip).',
      },
    ];
  }
  return [];
}

/** Unix mode in the upper half (S_IFMT), MS-DOS attributes in the lower byte. */
function attributeIssues(
  attributes: number,
  type: CentralEntry['type'],
  path: string,
): readonly ArchiveIssue[] {
  const shown = showName(path);
  const format = (attributes >>> 16) & 0o170000;
  // The mode -1 is no kind of file: Maven's archiver writes it for folders whose mode it doesn't know, and all readers make folders of them.
  if (type === 'directory' && attributes >>> 16 === 0xffff && (attributes & 0xffff) === 0x10) return [];
  if (format === 0o120000) {
    return [
      {
        code: 'LINK',
        message: `${shown} is a symbolic link; what it points to can't be inspected.`,
        fix: 'Pack the file itself instead of a link (zip without -y).',
      },
    ];
  }
  if (![0, 0o100000, 0o040000].includes(format)) {
    return [
      {
        code: 'SPECIAL_FILE',
        message: `${shown} is a device or pipe, not a file.`,
        fix: 'Remove devices and pipes from the artifact.',
      },
    ];
  }
  if ((attributes & specialAttributes) !== 0) {
    return [
      {
        code: 'SPECIAL_FILE',
        message: `${shown} is a volume label, device or reparse point according to its attributes, not a file.`,
        fix: 'Build the archive again with a current zip program.',
      },
    ];
  }
  const saysDirectory = format === 0o040000 || (attributes & 0x10) !== 0;
  const saysFile = format === 0o100000;
  if (type === 'directory' ? saysFile : saysDirectory) {
    return [
      {
        code: 'AMBIGUOUS',
        message: `${shown} is a ${type === 'file' ? 'file' : 'folder'} according to its name, but not to its attributes.`,
        fix: 'Build the archive again with a current zip program.',
      },
    ];
  }
  return [];
}
