/** Bytes of a compound file that belong to no stream. */
import { isZero, type UnpackBudget } from '../../archive/index.ts';
import type { CompoundFile } from '../../cfb/index.ts';
import type { OtherContent } from '../../container.ts';
import { readChunks, type RandomAccessSource } from '../../random-access.ts';

/** As one file; none where all of them are zero. */
export async function* gapsIn(
  file: CompoundFile,
  source: RandomAccessSource,
  budget: UnpackBudget,
): AsyncGenerator<OtherContent> {
  const leftBytes = await bytesOfNothing(file, source);
  if (leftBytes === 0) return;
  budget.countEntry(0);
  budget.countContent(leftBytes);
  yield { name: '(bytes of no stream)', content: gapsOf(file, source) };
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
