/** Reads a rewritten container back beside the original: same entries, same content but for what was replaced. */
import type { ContainerType } from '#core/artifact/index.ts';
import { UnpackBudget, showName, type UnpackLimits } from '#core/formats/archive/index.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { digestOf } from './file-source.ts';
import { InputError } from './input-error.ts';
import { openContainer, type ContainerEntry } from './open-container.ts';
import type { PlannedFile } from './plan-replacements.ts';

/** Gives the number of unchanged entries; rejects with InputError at the first difference. */
export async function compareContainers(
  type: ContainerType,
  before: RandomAccessSource,
  after: RandomAccessSource,
  replaced: ReadonlyMap<string, PlannedFile>,
  limits: UnpackLimits,
): Promise<number> {
  // Signatures add to the size: what was just inside the limits stays acceptable.
  const grown = { ...limits, unpackedSizeBytesMax: Infinity, entrySizeBytesMax: Infinity };
  const others = openContainer(type, after, new UnpackBudget(grown));
  let unchanged = 0;
  for await (const entry of openContainer(type, before, new UnpackBudget(limits))) {
    const other = await others.next();
    if (other.done === true) throw differs(entry);
    const planned = replaced.get(entry.path);
    const expected = planned?.sha256 ?? (await digestOf(entry.content)).sha256;
    const found = (await digestOf(other.value.content)).sha256;
    if (other.value.path !== entry.path || other.value.type !== entry.type || found !== expected)
      throw differs(entry);
    if (planned === undefined) unchanged += 1;
  }
  const more = await others.next();
  if (more.done !== true) throw differs(more.value);
  return unchanged;
}

function differs(entry: ContainerEntry): InputError {
  return new InputError(`the repacked archive differs at ${showName(entry.path)}`);
}
