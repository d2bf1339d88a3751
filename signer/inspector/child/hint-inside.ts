/**
 * For a file that nothing expects: is it an archive that contains what is expected at its path? Only for the hint in
 * a refusal.
 */
import { type ContainerContext, type InsideHint } from '#core/artifact/index.ts';
import { ArchiveError, UnpackBudget, type UnpackLimits } from '#core/formats/archive/index.ts';
import type { FormatType } from '#core/formats/format.ts';
import { formats, formatTypes } from '#core/formats/registry.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { recognise } from '#core/formats/recognise/index.ts';

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

async function containerType(source: RandomAccessSource): Promise<FormatType | null> {
  const { found } = await recognise(source);
  const whole = found.find(({ start, end }) => start === 0 && end === source.size);
  if (whole === undefined) return null;
  return formatTypes.find((type) => formats[type].container?.recognisedAs === whole.format) ?? null;
}
