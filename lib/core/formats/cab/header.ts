/**
 * CFHEADER ([MS-CAB] section 2.1), all numbers little-endian:
 *
 * | at | bytes | field |
 * |---|---|---|
 * | 0 | 4 | `MSCF` |
 * | 4 | 4 | reserved1, 0 |
 * | 8 | 4 | cbCabinet: bytes of the cabinet, without a signature behind it |
 * | 12 | 4 | reserved2, 0 |
 * | 16 | 4 | coffFiles: where the first CFFILE is |
 * | 20 | 4 | reserved3, 0 |
 * | 24 | 2 | version, minor (3) and major (1) |
 * | 26 | 2 | cFolders |
 * | 28 | 2 | cFiles |
 * | 30 | 2 | flags: 1 a cabinet comes before, 2 one comes after, 4 reserved areas |
 * | 32 | 2 | setID: the same in all cabinets of a set |
 * | 34 | 2 | iCabinet: which of the set this is |
 * | 36 | 2 | with flag 4: cbCFHeader, bytes of the area that begins at 40 |
 * | 38 | 1 | with flag 4: cbCFFolder, bytes behind each CFFOLDER |
 * | 39 | 1 | with flag 4: cbCFData, bytes behind each header of a CFDATA |
 *
 * Then come the area of cbCFHeader bytes, the CFFOLDERs, the CFFILEs and the folders' CFDATAs.
 *
 * A signature is no part of the specification. Authenticode puts it behind the cabinet, and into the reserved area of 20 bytes:
 * `00 00 10 00`, its offset (equal to cbCabinet), its length, eight zeros.
 */
import { isZero, truncated } from '../archive/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { cabError } from './cab-error.ts';

const fixedHeaderBytes = 36;
const reservedAt = 40;
/** Bytes of cbCFHeader in a cabinet that has a signature, or had one. */
export const signatureReserveBytes = 20;
/** More than this section 2.1 doesn't allow. */
const reserveBytesMax = 60_000;
const flag = { previous: 1, next: 2, reserved: 4 } as const;

export interface CabHeader {
  readonly sizeBytes: number;
  readonly filesOffset: number;
  readonly folderCount: number;
  readonly fileCount: number;
  /** Null: the cabinet has no reserved areas. */
  readonly reserve: CabReserve | null;
  /** Where a signature is said to be; null: there is none. */
  readonly signature: { readonly offset: number; readonly length: number } | null;
  /** Where the CFFOLDERs begin. */
  readonly foldersOffset: number;
}

export interface CabReserve {
  readonly headerBytes: number;
  readonly folderBytes: number;
  readonly dataBytes: number;
}

export async function readHeader(source: RandomAccessSource): Promise<CabHeader> {
  if (source.size < fixedHeaderBytes) throw truncated(source.size);
  const bytes = Buffer.from(await readExactly(source, 0, fixedHeaderBytes));
  if (bytes.toString('latin1', 0, 4) !== 'MSCF')
    throw cabError('WRONG_FORMAT', 'does not begin as one does (MSCF)', 0);
  for (const at of [4, 12, 20]) {
    if (bytes.readUInt32LE(at) !== 0) throw cabError('BAD_HEADER', 'uses a field that is reserved', at);
  }
  if (bytes[25] !== 1 || bytes[24] !== 3)
    throw cabError(
      'UNSUPPORTED',
      `is of version ${bytes[25] ?? 0}.${bytes[24] ?? 0}, and only 1.3 is known`,
      24,
    );
  const flags = bytes.readUInt16LE(30);
  if ((flags & (flag.previous | flag.next)) !== 0 || bytes.readUInt16LE(34) !== 0) {
    const fix =
      'Pack everything into one cabinet: MaxDiskSize=0 for makecab, MaximumUncompressedMediaSize for WiX.';
    throw cabError('UNSUPPORTED', 'is one of several that belong together', 30, fix);
  }
  if ((flags & ~flag.reserved) !== 0) throw cabError('UNSUPPORTED', 'has flags that aren’t known', 30);
  const sizeBytes = bytes.readUInt32LE(8);
  if (sizeBytes > source.size) throw truncated(source.size);
  const reserve = (flags & flag.reserved) === 0 ? null : await readReserve(source);
  const foldersOffset = reserve === null ? fixedHeaderBytes : reservedAt + reserve.headerBytes;
  if (foldersOffset > sizeBytes) throw cabError('BAD_HEADER', 'ends inside its header', 8);
  return {
    sizeBytes,
    filesOffset: bytes.readUInt32LE(16),
    folderCount: bytes.readUInt16LE(26),
    fileCount: bytes.readUInt16LE(28),
    reserve,
    signature: reserve === null ? null : await readSignaturePlace(source, reserve),
    foldersOffset,
  };
}

async function readReserve(source: RandomAccessSource): Promise<CabReserve> {
  if (source.size < reservedAt) throw truncated(source.size);
  const bytes = Buffer.from(await readExactly(source, fixedHeaderBytes, reservedAt - fixedHeaderBytes));
  const headerBytes = bytes.readUInt16LE(0);
  if (headerBytes > reserveBytesMax)
    throw cabError('BAD_HEADER', `reserves ${headerBytes} bytes, and ${reserveBytesMax} is the limit`, 36);
  if (reservedAt + headerBytes > source.size) throw truncated(source.size);
  return { headerBytes, folderBytes: bytes[2] ?? 0, dataBytes: bytes[3] ?? 0 };
}

/** Reserved bytes that are no signature's have a meaning that only some program knows. */
async function readSignaturePlace(
  source: RandomAccessSource,
  { headerBytes }: CabReserve,
): Promise<CabHeader['signature']> {
  const bytes = Buffer.from(await readExactly(source, reservedAt, headerBytes));
  if (isZero(bytes)) return null;
  const isSignature =
    headerBytes === signatureReserveBytes &&
    bytes.readUInt32LE(0) === 0x00100000 &&
    isZero(bytes.subarray(12));
  if (!isSignature) {
    const fix = 'Make the cabinet without reserved data (no ReservePerCabinetSize).';
    throw cabError(
      'UNSUPPORTED',
      'has data in its reserved area that only its own program understands',
      reservedAt,
      fix,
    );
  }
  const [offset, length] = [bytes.readUInt32LE(4), bytes.readUInt32LE(8)];
  return offset === 0 && length === 0 ? null : { offset, length };
}
