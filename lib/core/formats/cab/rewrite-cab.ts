/**
 * Cabinet → cabinet in which some files have new content. A folder is one compressed stream: one that holds such a file is
 * packed anew, with all its files in the same order; the others stay byte for byte. All that else changes are sizes, offsets and,
 * where a folder was packed with LZX, its method: it is packed with MSZIP, which every program unpacks that unpacks LZX.
 *
 * A signature is left out: it is about the cabinet as it was. What inspects a cabinet sees to it that none is lost that way unasked.
 */
import { ArchiveError, streamRange, type UnpackBudget } from '../archive/index.ts';
import type { ContainerChanges, Replacement } from '../container.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { cabError } from './cab-error.ts';
import type { CabFile } from './files.ts';
import { readCabLayout, type CabLayout } from './layout.ts';
import { filesByFolder, readFolderFiles, type FolderFiles } from './read-cab.ts';
import { writeBlocks } from './write-blocks.ts';

interface NewFolder extends FolderFiles {
  /** Null: nothing in it changes. */
  readonly replacements: ReadonlyMap<CabFile, Replacement> | null;
  dataBytes: number;
  blockCount: number;
}

const numberMax = 0xffff_ffff;
const blocksMax = 0xffff;

export async function* rewriteCab(
  source: RandomAccessSource,
  budget: UnpackBudget,
  changes: ContainerChanges,
): AsyncGenerator<Uint8Array> {
  const layout = await readCabLayout(source, budget);
  const folders = filesByFolder(layout).map((folder) => withReplacements(folder, changes));
  await refuseAdditions(layout, changes);
  // Twice, because the header says how long what follows it is.
  for (const folder of folders) await measure(source, layout, folder, budget);
  yield await writeHead(source, layout, folders);
  for (const folder of inFile(folders)) {
    if (folder.replacements === null) yield* keep(source, folder);
    else yield* pack(source, layout, folder, budget);
  }
}

/** A folder without blocks has no place in the file, and gets none. */
const inFile = (folders: readonly NewFolder[]): readonly NewFolder[] =>
  [...folders].sort((one, other) => one.folder.dataOffset - other.folder.dataOffset);

function withReplacements(folder: FolderFiles, changes: ContainerChanges): NewFolder {
  const replacements = new Map<CabFile, Replacement>();
  for (const { file, aliases } of folder.files) {
    const issue = [file, ...aliases].flatMap(({ issues }) => issues)[0];
    if (issue !== undefined) throw new ArchiveError(issue);
    if (aliases.length > 0)
      throw cabError('NOT_REWRITABLE', 'has files that are the same bytes', file.entryOffset);
    const replacement = changes.replace(file);
    if (replacement !== null) replacements.set(file, replacement);
  }
  const { blockCount, dataOffset, dataEnd } = folder.folder;
  return {
    ...folder,
    replacements: replacements.size > 0 ? replacements : null,
    blockCount,
    dataBytes: dataEnd - dataOffset,
  };
}

/** What is put beside files, such as signatures of their own, has no place in a folder whose files follow one another. */
async function refuseAdditions({ files }: CabLayout, changes: ContainerChanges): Promise<void> {
  for (const file of files) {
    if ((await changes.added(file)).length > 0)
      throw cabError('NOT_REWRITABLE', 'takes no new files', file.entryOffset);
  }
}

async function measure(
  source: RandomAccessSource,
  layout: CabLayout,
  folder: NewFolder,
  budget: UnpackBudget,
): Promise<void> {
  if (folder.replacements === null) return;
  folder.blockCount = 0;
  folder.dataBytes = 0;
  for await (const block of pack(source, layout, folder, budget)) {
    folder.blockCount += 1;
    folder.dataBytes += block.length;
  }
  const unpackedBytes = folder.files.reduce((sum, { file }) => sum + newSize(file, folder), 0);
  if (folder.blockCount > blocksMax || unpackedBytes > numberMax)
    throw cabError('NOT_REWRITABLE', 'would have a folder that is too large', folder.folder.entryOffset);
}

const newSize = (file: CabFile, { replacements }: NewFolder): number =>
  replacements?.get(file)?.sizeBytes ?? file.sizeBytes;

const keep = (source: RandomAccessSource, { folder }: NewFolder): AsyncIterable<Uint8Array> =>
  streamRange(source, folder.dataOffset, folder.dataEnd - folder.dataOffset);

function pack(
  source: RandomAccessSource,
  layout: CabLayout,
  folder: NewFolder,
  budget: UnpackBudget,
): AsyncIterable<Uint8Array> {
  const { method } = folder.folder.compression;
  const reservedBytes = layout.header.reserve?.dataBytes ?? 0;
  const content = newContent(source, layout, folder, budget);
  return writeBlocks(content, method === 'none' ? 'none' : 'mszip', reservedBytes);
}

async function* newContent(
  source: RandomAccessSource,
  layout: CabLayout,
  folder: NewFolder,
  budget: UnpackBudget,
): AsyncGenerator<Uint8Array> {
  const mark = budget.save();
  for await (const { file, content } of readFolderFiles(source, layout, folder, budget)) {
    const replacement = folder.replacements?.get(file);
    if (replacement === undefined) {
      yield* content;
      continue;
    }
    let bytes = 0;
    for await (const chunk of replacement.content()) {
      bytes += chunk.length;
      yield chunk;
    }
    if (bytes !== replacement.sizeBytes)
      throw cabError(
        'NOT_REWRITABLE',
        'gets a file that is not as long as it was said to be',
        file.entryOffset,
      );
  }
  // It is read twice, and counts once.
  budget.restore(mark);
}

/** Everything before the data: as it was, but for sizes and offsets. */
async function writeHead(
  source: RandomAccessSource,
  { header, folders: before }: CabLayout,
  folders: readonly NewFolder[],
): Promise<Buffer> {
  const end = before.reduce(
    (least, { blockCount, dataOffset }) => (blockCount > 0 ? Math.min(least, dataOffset) : least),
    header.sizeBytes,
  );
  const head = Buffer.from(await readExactly(source, 0, end));
  if (header.signature !== null) head.fill(0, 40, 40 + (header.reserve?.headerBytes ?? 0));
  let dataOffset = end;
  for (const folder of inFile(folders)) {
    const { entryOffset, compression } = folder.folder;
    head.writeUInt32LE(dataOffset, entryOffset);
    head.writeUInt16LE(folder.blockCount, entryOffset + 4);
    if (folder.replacements !== null && compression.method === 'lzx') head.writeUInt16LE(1, entryOffset + 6);
    dataOffset += folder.dataBytes;
    if (dataOffset > numberMax) throw cabError('NOT_REWRITABLE', 'would be larger than 4 GiB');
  }
  head.writeUInt32LE(dataOffset, 8);
  for (const folder of folders) {
    let offset = 0;
    for (const { file } of folder.files) {
      const sizeBytes = newSize(file, folder);
      head.writeUInt32LE(sizeBytes, file.entryOffset);
      head.writeUInt32LE(offset, file.entryOffset + 4);
      offset += sizeBytes;
    }
  }
  return head;
}
