/**
 * Files of Windows Installer: each stream a file, tables too. What is installed lies in cabinets among them, which are opened next. The bytes
 * that belong to no stream are a file of their own: deleted content stays there until a tool compacts the file.
 */
import { isZero, showName, type UnpackBudget } from '../archive/index.ts';
import { CfbError, readCompoundFile, type CompoundFile, type StorageEntry } from '../cfb/index.ts';
import { decodedStreamName } from '../msi/index.ts';
import { readChunks, type RandomAccessSource } from '../random-access.ts';
import { damaged, type InnerFile } from './inner-file.ts';

export async function* readInstaller(
  source: RandomAccessSource,
  budget: UnpackBudget,
): AsyncGenerator<InnerFile> {
  let file: CompoundFile;
  try {
    file = await readCompoundFile(source);
  } catch (error) {
    if (!(error instanceof CfbError)) throw error;
    throw damaged(`The file of Windows Installer can’t be read: ${error.message}.`, error.offset);
  }
  yield* filesOf(file, file.root, '', budget);
  const leftBytes = await bytesOfNothing(file, source);
  if (leftBytes === 0) return;
  budget.countEntry(0);
  budget.countContent(leftBytes);
  yield { name: '(bytes of no stream)', closed: null, content: gapsOf(file, source) };
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

/** → how many there are; 0 where all of them are zero. */
async function bytesOfNothing(file: CompoundFile, source: RandomAccessSource): Promise<number> {
  let bytes = 0;
  let empty = true;
  for await (const chunk of gapsOf(file, source)) {
    bytes += chunk.length;
    empty &&= isZero(chunk);
  }
  return empty ? 0 : bytes;
}

async function* gapsOf(file: CompoundFile, source: RandomAccessSource): AsyncGenerator<Uint8Array> {
  for (const { start, end } of file.gaps()) yield* readChunks(source, start, end);
}
