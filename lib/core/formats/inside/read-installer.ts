/**
 * Files of Windows Installer. What gets installed is named by its path, and other streams by their names, tables too. Where nobody can tell
 * what gets installed (patches, transforms, damaged tables), each stream is a file, and cabinets among them are opened next. The bytes
 * that belong to no stream are a file of their own.
 */
import { ArchiveError, showName, type UnpackBudget } from '../archive/index.ts';
import { CfbError, readCompoundFile, type CompoundFile, type StorageEntry } from '../cfb/index.ts';
import {
  decodedStreamName,
  gapsIn,
  openContents,
  othersOf,
  readContents,
  type InstallerContents,
} from '../msi/index.ts';
import { readChunks, type RandomAccessSource } from '../random-access.ts';
import { damaged, type InnerFile } from './inner-file.ts';

export async function* readInstaller(
  source: RandomAccessSource,
  budget: UnpackBudget,
): AsyncGenerator<InnerFile> {
  const contents = await contentsOf(source, budget);
  if (contents !== null) {
    for await (const { path, content } of openContents(contents, budget, false))
      yield { name: path === '' ? '(no name)' : showName(path).slice(1, -1), closed: null, content };
    for await (const { name, content } of othersOf(source, contents, budget))
      yield { name: showName(name).slice(1, -1), closed: null, content };
    return;
  }
  let file: CompoundFile;
  try {
    file = await readCompoundFile(source);
  } catch (error) {
    if (!(error instanceof CfbError)) throw error;
    throw damaged(`The file of Windows Installer can’t be read: ${error.message}.`, error.offset);
  }
  yield* filesOf(file, file.root, '', budget);
  for await (const { name, content } of gapsIn(file, source, budget)) yield { name, closed: null, content };
}

/** null: not by its tables. */
async function contentsOf(
  source: RandomAccessSource,
  budget: UnpackBudget,
): Promise<InstallerContents | null> {
  const mark = budget.save();
  try {
    return await readContents(source, budget);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    budget.restore(mark);
    return null;
  }
}

async function* filesOf(
  file: CompoundFile,
  storage: StorageEntry,
  place: string,
  budget: UnpackBudget,
): AsyncGenerator<InnerFile> {
  for (const child of storage.children) {
    const name = `${place}${showName(decodedStreamName(child.name)).slice(1, -1)}`;
    budget.countEntry(name.length);
    if (child.type === 'stream') {
      budget.countContent(child.sizeBytes);
      yield { name, closed: null, content: streamed(file.open(child)) };
    } else {
      yield* filesOf(file, child, `${name}/`, budget);
    }
  }
}

/** A sector that is cut off is found as it is read. */
async function* streamed(stream: RandomAccessSource): AsyncGenerator<Uint8Array> {
  try {
    yield* readChunks(stream, 0, stream.size);
  } catch (error) {
    if (!(error instanceof CfbError)) throw error;
    throw damaged(`The file of Windows Installer can’t be read: ${error.message}.`, error.offset);
  }
}
