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
import { collected, sharedBytesMax } from './each-file.ts';
import type { CabFile } from './files.ts';
import { readCabLayout, type CabLayout } from './layout.ts';
import { filesByFolder, readFolderFiles, type FolderFiles } from './read-cab.ts';
import { writeBlocks } from './write-blocks.ts';

/** One run of bytes of a new folder. */
interface Piece {
  /** Those that are these bytes: several where equal files shared them and none of them changes. */
  readonly files: readonly CabFile[];
  /** null: they stay. */
  readonly replacement: Replacement | null;
}

interface NewFolder extends FolderFiles {
  /** Null: nothing in it changes. By the first of the files that were the same bytes. */
  readonly pieces: ReadonlyMap<CabFile, readonly Piece[]> | null;
  dataBytes: number;
  blockCount: number;
}

/** A cabinet as it will be. */
export interface PlannedCab {
  readonly isChanged: boolean;
  readonly sizeBytes: number;
  /** Can be read once. */
  content(): AsyncIterable<Uint8Array>;
}

const numberMax = 0xffff_ffff;
const blocksMax = 0xffff;

export async function* rewriteCab(
  source: RandomAccessSource,
  budget: UnpackBudget,
  changes: ContainerChanges,
): AsyncGenerator<Uint8Array> {
  yield* (await planCab(source, budget, changes)).content();
}

export async function planCab(
  source: RandomAccessSource,
  budget: UnpackBudget,
  changes: ContainerChanges,
): Promise<PlannedCab> {
  const layout = await readCabLayout(source, budget);
  const folders = filesByFolder(layout).map((folder) => withReplacements(folder, changes));
  await refuseAdditions(layout, changes);
  // Twice, because the header says how long what follows it is.
  for (const folder of folders) await measure(source, layout, folder, budget);
  const head = await writeHead(source, layout, folders);
  return {
    isChanged: folders.some(({ pieces }) => pieces !== null),
    sizeBytes: head.readUInt32LE(8),
    async *content() {
      yield head;
      for (const folder of inFile(folders)) {
        if (folder.pieces === null) yield* keep(source, folder);
        else yield* pack(source, layout, folder, budget);
      }
    },
  };
}

/** A folder without blocks has no place in the file, and gets none. */
const inFile = (folders: readonly NewFolder[]): readonly NewFolder[] =>
  [...folders].sort((one, other) => one.folder.dataOffset - other.folder.dataOffset);

function withReplacements(folder: FolderFiles, changes: ContainerChanges): NewFolder {
  const pieces = new Map<CabFile, readonly Piece[]>();
  let isChanged = false;
  for (const { file, aliases } of folder.files) {
    const files = [file, ...aliases];
    const issue = files.flatMap(({ issues }) => issues)[0];
    if (issue !== undefined) throw new ArchiveError(issue);
    const own = files.map((one): Piece => ({ files: [one], replacement: changes.replace(one) }));
    const stay = own.every(({ replacement }) => replacement === null);
    if (!stay && aliases.length > 0 && file.sizeBytes > sharedBytesMax)
      throw cabError('NOT_REWRITABLE', 'has large files that are the same bytes', file.entryOffset);
    isChanged ||= !stay;
    pieces.set(file, stay ? [{ files, replacement: null }] : own);
  }
  const { blockCount, dataOffset, dataEnd } = folder.folder;
  return { ...folder, pieces: isChanged ? pieces : null, blockCount, dataBytes: dataEnd - dataOffset };
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
  if (folder.pieces === null) return;
  folder.blockCount = 0;
  folder.dataBytes = 0;
  for await (const block of pack(source, layout, folder, budget)) {
    folder.blockCount += 1;
    folder.dataBytes += block.length;
  }
  const unpackedBytes = [...folder.pieces.values()].flat().reduce((sum, piece) => sum + sizeOf(piece), 0);
  if (folder.blockCount > blocksMax || unpackedBytes > numberMax)
    throw cabError('NOT_REWRITABLE', 'would have a folder that is too large', folder.folder.entryOffset);
}

const sizeOf = ({ files, replacement }: Piece): number => replacement?.sizeBytes ?? files[0]?.sizeBytes ?? 0;

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
    const pieces = folder.pieces?.get(file) ?? [];
    const staying = pieces.filter(({ replacement }) => replacement === null);
    const kept = staying.length > 1 ? await collected(content) : null;
    for (const piece of pieces) {
      if (piece.replacement !== null) yield* exactly(piece.replacement, file);
      else if (kept === null) yield* content;
      else yield kept;
    }
  }
  // It is read twice, and counts once.
  budget.restore(mark);
}

async function* exactly(replacement: Replacement, { entryOffset }: CabFile): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of replacement.content()) {
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes !== replacement.sizeBytes)
    throw cabError('NOT_REWRITABLE', 'gets a file that is not as long as it was said to be', entryOffset);
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
    if (folder.pieces !== null && compression.method === 'lzx') head.writeUInt16LE(1, entryOffset + 6);
    dataOffset += folder.dataBytes;
    if (dataOffset > numberMax) throw cabError('NOT_REWRITABLE', 'would be larger than 4 GiB');
  }
  head.writeUInt32LE(dataOffset, 8);
  for (const { pieces } of folders) {
    let offset = 0;
    for (const piece of [...(pieces?.values() ?? [])].flat()) {
      for (const file of piece.files) {
        head.writeUInt32LE(sizeOf(piece), file.entryOffset);
        head.writeUInt32LE(offset, file.entryOffset + 4);
      }
      offset += sizeOf(piece);
    }
  }
  return head;
}
