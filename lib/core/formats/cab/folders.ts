/**
 * CFFOLDER ([MS-CAB] section 2.2): coffCabStart u32, where the folder's first CFDATA is; cCFData u16, how many it has;
 * typeCompress u16; then cbCFFolder reserved bytes. A folder is one compressed stream, which its files share.
 */
import type { ArchiveError } from '../archive/index.ts';
import { isZero } from '../archive/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { cabError } from './cab-error.ts';
import type { CabHeader } from './header.ts';

const folderBytes = 8;

export type Compression =
  | { readonly method: 'none' }
  | { readonly method: 'mszip' }
  | { readonly method: 'lzx'; readonly windowBits: number };

export interface CabFolder {
  /** Where its entry in the table is. */
  readonly entryOffset: number;
  readonly dataOffset: number;
  /** Where the next folder's data begin, or the cabinet ends. */
  readonly dataEnd: number;
  readonly blockCount: number;
  readonly compression: Compression;
}

/** Folders in the order of the table, whose data follow one another up to the end; `end` of the table. */
export async function readFolders(
  source: RandomAccessSource,
  header: CabHeader,
): Promise<{ readonly folders: readonly CabFolder[]; readonly end: number }> {
  const { foldersOffset, folderCount, sizeBytes } = header;
  const reservedBytes = header.reserve?.folderBytes ?? 0;
  const length = folderBytes + reservedBytes;
  const end = foldersOffset + folderCount * length;
  if (end > sizeBytes) throw cabError('BAD_HEADER', 'lists more folders than it can hold', 26);
  const table = Buffer.from(await readExactly(source, foldersOffset, end - foldersOffset));
  const folders: Omit<CabFolder, 'dataEnd'>[] = [];
  for (let at = 0; at < table.length; at += length) {
    if (!isZero(table.subarray(at + folderBytes, at + length)))
      throw cabError('UNSUPPORTED', 'has data in what it reserves for a folder', foldersOffset + at);
    folders.push({
      entryOffset: foldersOffset + at,
      dataOffset: table.readUInt32LE(at),
      blockCount: table.readUInt16LE(at + 4),
      compression: compressionOf(table.readUInt16LE(at + 6), foldersOffset + at + 6),
    });
  }
  return { folders: withEnds(folders, { tableEnd: end, sizeBytes }), end };
}

type Start = Omit<CabFolder, 'dataEnd'>;

/** The order of the table is its own; where data lie is said by offsets alone. A folder without blocks has none, and lies anywhere. */
function withEnds(
  folders: readonly Start[],
  { tableEnd, sizeBytes }: { readonly tableEnd: number; readonly sizeBytes: number },
): readonly CabFolder[] {
  for (const { dataOffset, entryOffset } of folders) {
    if (dataOffset < tableEnd || dataOffset > sizeBytes)
      throw cabError('BAD_HEADER', 'has a folder whose data lie outside of it', entryOffset);
  }
  const ends = new Map<Start, number>();
  const inFile = folders
    .filter(({ blockCount }) => blockCount > 0)
    .sort((one, other) => one.dataOffset - other.dataOffset);
  for (const [index, folder] of inFile.entries()) {
    const end = inFile[index + 1]?.dataOffset ?? sizeBytes;
    if (folder.dataOffset === end)
      throw cabError('OVERLAP', 'has folders that share their data', folder.entryOffset);
    ends.set(folder, end);
  }
  return folders.map((folder) => ({ ...folder, dataEnd: ends.get(folder) ?? folder.dataOffset }));
}

/** The low four bits are the method; LZX has the number of bits of its window from bit 8 on. */
function compressionOf(type: number, offset: number): Compression {
  if (type === 0) return { method: 'none' };
  if (type === 1) return { method: 'mszip' };
  const [method, windowBits] = [type & 0xff, type >> 8];
  if (method === 3 && windowBits >= 15 && windowBits <= 21) return { method: 'lzx', windowBits };
  throw unknownMethod(type, offset);
}

function unknownMethod(type: number, offset: number): ArchiveError {
  const name = (type & 0x0f) === 2 ? 'Quantum' : `a method that isn’t known (${type})`;
  const fix = 'Pack it with MSZIP or LZX: CompressionType=MSZIP for makecab, gcab -z.';
  return cabError('UNSUPPORTED', `is compressed with ${name}`, offset, fix);
}
