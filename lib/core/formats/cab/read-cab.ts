/** Cabinet → files and their content, folder by folder, each in one pass. */
import {
  ByteCursor,
  guardRatio,
  type ArchiveIssue,
  type UnpackBudget,
  type UnpackLimits,
} from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { readBlocks, unpackedBytesMax } from './blocks.ts';
import { cabError } from './cab-error.ts';
import type { CabFile } from './files.ts';
import type { CabFolder } from './folders.ts';
import { readCabLayout, type CabLayout } from './layout.ts';
import { LzxDecoder } from './lzx.ts';
import { historyBytes, unpackMszip } from './mszip.ts';

export interface CabEntry {
  /** With `/` between its parts. */
  readonly path: string;
  readonly sizeBytes: number;
  /** What makes the entry unacceptable; empty: nothing does. */
  readonly issues: readonly ArchiveIssue[];
  /** Readable once, before the next entry is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
  /** Other files of the table that are these very bytes of the folder, as WiX writes files that are equal. */
  readonly aliases: readonly CabFile[];
  readonly file: CabFile;
}

/**
 * The files of a cabinet in the order of their bytes. Throws ArchiveError where its structure is broken, at the latest at the
 * end: read all to the end before believing any.
 */
export async function* openCab(
  source: RandomAccessSource,
  budget: UnpackBudget,
  options: { readonly isPart?: boolean } = {},
): AsyncGenerator<CabEntry> {
  const layout = await readCabLayout(source, budget, options);
  for (const files of filesByFolder(layout)) yield* readFolderFiles(source, layout, files, budget);
}

export interface FolderFiles {
  readonly folder: CabFolder;
  /** By where they begin, without aliases. */
  readonly files: readonly { readonly file: CabFile; readonly aliases: CabFile[] }[];
}

/** Of each folder the files, which cover it without gaps and overlaps. */
export function filesByFolder({ folders, files }: CabLayout): readonly FolderFiles[] {
  const lists = folders.map((): CabFile[] => []);
  for (const file of files) lists[file.folder]?.push(file);
  return folders.map((folder, index) => {
    const list = lists[index] ?? [];
    // Empty files first: they may stand anywhere between two others.
    list.sort((one, other) => one.offset - other.offset || one.sizeBytes - other.sizeBytes);
    const distinct: { file: CabFile; aliases: CabFile[] }[] = [];
    let reached = 0;
    for (const file of list) {
      const last = distinct.at(-1);
      if (file.sizeBytes > 0 && file.offset === last?.file.offset && file.sizeBytes === last.file.sizeBytes) {
        last.aliases.push(file);
        continue;
      }
      if (file.offset < reached) throw cabError('OVERLAP', 'has files that share bytes', file.entryOffset);
      if (file.offset > reached)
        throw cabError('HIDDEN_DATA', 'has bytes between its files that belong to none', file.entryOffset);
      reached += file.sizeBytes;
      distinct.push({ file, aliases: [] });
    }
    if (reached > folder.blockCount * unpackedBytesMax)
      throw cabError('BAD_HEADER', 'has a file that is longer than its folder', folder.entryOffset);
    return { folder, files: distinct };
  });
}

export async function* readFolderFiles(
  source: RandomAccessSource,
  { header }: CabLayout,
  { folder, files }: FolderFiles,
  budget: UnpackBudget,
): AsyncGenerator<CabEntry> {
  const reservedBytes = header.reserve?.dataBytes ?? 0;
  const cursor = new ByteCursor(unpackFolder(source, folder, reservedBytes, budget.limits));
  try {
    for (const { file, aliases } of files) {
      const { path, issues, sizeBytes } = file;
      budget.countContent(sizeBytes);
      const end = cursor.offset + sizeBytes;
      const content = cursor.stream(sizeBytes);
      yield { path, sizeBytes, issues, content, aliases, file };
      // Whoever read none of it, or not all, gets the next file all the same.
      await content.return(undefined);
      for await (const _rest of cursor.stream(end - cursor.offset));
    }
    if (!(await cursor.atEnd()))
      throw cabError('HIDDEN_DATA', 'has bytes behind the last file of a folder', folder.entryOffset);
  } finally {
    await cursor.close();
  }
}

/** One folder's bytes, at most 32 KiB at a time. */
function unpackFolder(
  source: RandomAccessSource,
  folder: CabFolder,
  reservedBytes: number,
  limits: UnpackLimits,
): AsyncIterable<Uint8Array> {
  return guardRatio(unpackBlocks(source, folder, reservedBytes), folder.dataEnd - folder.dataOffset, limits);
}

async function* unpackBlocks(
  source: RandomAccessSource,
  folder: CabFolder,
  reservedBytes: number,
): AsyncGenerator<Uint8Array> {
  const { compression } = folder;
  const lzx = compression.method === 'lzx' ? new LzxDecoder(compression.windowBits) : null;
  let history: Uint8Array = new Uint8Array(0);
  for await (const block of readBlocks(source, folder, reservedBytes)) {
    if (lzx !== null) {
      yield lzx.unpack(block);
    } else if (compression.method === 'mszip') {
      history = unpackMszip(block, history).subarray(-historyBytes);
      yield history;
    } else {
      if (block.packed.length !== block.unpackedBytes)
        throw cabError(
          'BAD_HEADER',
          'has a block whose sizes differ though it isn’t compressed',
          block.offset,
        );
      yield block.packed;
    }
  }
}
