/**
 * For a file that nothing expects: is it an archive that contains what is expected at its path? Only for the hint in
 * a refusal.
 */
import { type ContainerContext, type InsideHint } from '#core/artifact/index.ts';
import { ArchiveError, UnpackBudget, type UnpackLimits } from '#core/formats/archive/index.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { formats } from '#core/formats/registry.ts';
import { containerType } from './near-type.ts';

const matchingMax = 3;

/** Reads only names, under limits of its own: the artifact is refused in any case. */
export async function hintAt(
  source: RandomAccessSource,
  limits: UnpackLimits,
  { matcher, container }: ContainerContext,
): Promise<InsideHint | null> {
  const type = await containerType(source);
  const opened = type === null ? null : formats[type].container;
  if (type === null || opened === null) return null;
  const matching: string[] = [];
  try {
    for await (const entry of opened.open(source, new UnpackBudget(limits))) {
      if (entry.type !== 'file' || entry.issues.length > 0) continue;
      if (matcher.matchEntry(container, entry.path) !== null) matching.push(entry.path);
      if (matching.length === matchingMax) break;
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
  }
  return { type, matching };
}
