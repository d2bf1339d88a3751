/**
 * The header of a compound file, [MS-CFB] §2.2: 512 bytes; in version 4 zeros fill the sector of 4096 up.
 * ```
 *  0 signature 8 · 8 CLSID 16, zero · 24 minor version · 26 major version: 3 or 4 · 28 byte order FE FF
 * 30 sector shift: 9 or 12 · 32 mini sector shift: 6 · 34 zero 6 · 40 directory sectors, 0 in version 3
 * 44 FAT sectors · 48 first directory sector · 52 transaction signature · 56 mini stream cutoff: 4096
 * 60 first mini FAT sector · 64 mini FAT sectors · 68 first DIFAT sector · 72 DIFAT sectors
 * 76 the first 109 entries of the DIFAT: which sectors hold the FAT
 * ```
 * Sector n stands at (n + 1) · sector size: the header takes the place of one.
 */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { CfbError } from './errors.ts';

export const signature = Buffer.from('d0cf11e0a1b11ae1', 'hex');
export const headerBytes = 512;
/** DIFAT entries that stand in the header itself. */
export const headerDifatEntries = 109;
export const miniSectorBytes = 64;
/** Streams of fewer bytes lie in the mini stream, all others in sectors of their own (§2.2, §2.4). */
export const miniCutoff = 4096;
/** From here on the file's bytes may be locked, and hold none of a stream (§2.8); Windows Installer stops there, too. */
export const fileSizeMax = 0x7fffff00;

/** Sector numbers with a meaning of their own (§2.1). */
export const difatSector = 0xfffffffc;
export const fatSector = 0xfffffffd;
export const endOfChain = 0xfffffffe;
export const freeSector = 0xffffffff;
/** In directory entries: no such entry. */
export const noEntry = 0xffffffff;

export interface Header {
  /** The first 512 bytes as they stand in the file. */
  readonly bytes: Buffer;
  readonly version: 3 | 4;
  readonly sectorBytes: number;
  /** Sectors that begin in the file; of the last one bytes may be missing. */
  readonly sectorCount: number;
  readonly fatSectors: number;
  readonly firstDirectory: number;
  readonly firstMiniFat: number;
  readonly miniFatSectors: number;
  readonly firstDifat: number;
  readonly difatSectors: number;
}

export async function readHeader(source: RandomAccessSource): Promise<Header> {
  const start = await readExactly(source, 0, Math.min(signature.length, source.size));
  if (!signature.equals(start)) {
    throw new CfbError('NOT_CFB', 0, 'it is no compound file: the signature D0CF11E0A1B11AE1 is missing');
  }
  if (source.size > fileSizeMax) {
    const fix = 'Build the installer with its files in cabinets beside it, or split it.';
    throw new CfbError('TOO_LARGE', 0, `it has ${source.size} bytes; at most ${fileSizeMax} are read`, fix);
  }
  if (source.size < headerBytes) throw new CfbError('TRUNCATED', source.size, 'it ends inside its header');
  const bytes = Buffer.from(await readExactly(source, 0, headerBytes));
  const expect = (at: number, length: 2 | 4, allowed: readonly number[], what: string): number => {
    const found = bytes.readUIntLE(at, length);
    if (!allowed.includes(found)) {
      const message = `its header says ${what} ${found}; expected ${allowed.join(' or ')}`;
      throw new CfbError('BAD_HEADER', at, message);
    }
    return found;
  };
  if (bytes.subarray(8, 24).some((byte) => byte !== 0))
    throw new CfbError('BAD_HEADER', 8, 'its header has a class identifier, which must be zero');
  const version = expect(26, 2, [3, 4], 'version') === 4 ? 4 : 3;
  expect(28, 2, [0xfffe], 'byte order');
  const sectorBytes = 1 << expect(30, 2, [version === 4 ? 12 : 9], 'sector shift');
  expect(32, 2, [6], 'mini sector shift');
  expect(56, 4, [miniCutoff], 'mini stream cutoff');
  return {
    bytes,
    version,
    sectorBytes,
    sectorCount: Math.max(0, Math.ceil(source.size / sectorBytes) - 1),
    fatSectors: bytes.readUInt32LE(44),
    firstDirectory: bytes.readUInt32LE(48),
    firstMiniFat: bytes.readUInt32LE(60),
    miniFatSectors: bytes.readUInt32LE(64),
    firstDifat: bytes.readUInt32LE(68),
    difatSectors: bytes.readUInt32LE(72),
  };
}
