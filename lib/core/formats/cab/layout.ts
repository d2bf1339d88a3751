/** Where everything in a cabinet lies ([MS-CAB] section 2), held to the bytes: no gaps, no overlaps, nothing left over. */
import type { UnpackBudget } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { cabError } from './cab-error.ts';
import { readFiles, type CabFile } from './files.ts';
import { readFolders, type CabFolder } from './folders.ts';
import { readHeader, type CabHeader } from './header.ts';

export interface CabLayout {
  readonly header: CabHeader;
  readonly folders: readonly CabFolder[];
  /** In the order of the table. */
  readonly files: readonly CabFile[];
}

/**
 * `isPart`: bytes that are none of the cabinet's may follow it, as in a program that carries one. Otherwise what follows is its
 * signature, where the header says that there is one, and nothing else.
 */
export async function readCabLayout(
  source: RandomAccessSource,
  budget: UnpackBudget,
  { isPart = false }: { readonly isPart?: boolean } = {},
): Promise<CabLayout> {
  const header = await readHeader(source);
  checkEnd(source, header, isPart);
  const { folders, end } = await readFolders(source, header);
  if (header.filesOffset !== end) {
    const code = header.filesOffset < end ? 'OVERLAP' : 'HIDDEN_DATA';
    throw cabError(code, 'has its list of files elsewhere than behind its list of folders', 16);
  }
  const dataOffset = folders.reduce(
    (least, folder) => (folder.blockCount > 0 ? Math.min(least, folder.dataOffset) : least),
    header.sizeBytes,
  );
  const files = await readFiles(source, header, { folders: folders.length, dataOffset }, budget);
  return { header, folders, files };
}

function checkEnd(source: RandomAccessSource, { sizeBytes, signature }: CabHeader, isPart: boolean): void {
  if (isPart) return;
  if (signature === null) {
    if (sizeBytes < source.size)
      throw cabError('TRAILING_DATA', 'ends before the file does: other bytes follow', sizeBytes);
    return;
  }
  const { offset, length } = signature;
  if (offset !== sizeBytes || length === 0 || offset + length !== source.size)
    throw cabError('HIDDEN_DATA', 'names a signature that isn’t exactly what follows it', 40);
}
