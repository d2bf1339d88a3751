import { fail } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import type { FormatType } from '../formats/format.ts';
import { foldCase } from '../glob/index.ts';
import { elementAt } from './compile.ts';
import type { ContainerContext } from './container-context.ts';
import { baseName, nearMisses, NearMissWork } from './near-misses.ts';

/** Expected files found inside an unexpected file. */
export interface InsideHint {
  readonly type: FormatType;
  /** Paths in it that elements of the container around it would match; the first few. */
  readonly matching: readonly string[];
}

/**
 * A file that no element expects → the finding that refuses it (`artifact.unexpected`). Says which element
 * expects a file like it in another folder, the usual cause being one folder more or less at the top, and if the
 * file is an archive that contains the expected files, how to declare it.
 */
export function unexpectedEntry(
  context: ContainerContext & { readonly pathInContainer: string; readonly inside?: InsideHint | null },
): Finding {
  const { matcher, container, containerPath, locations, pathInContainer, inside = null } = context;
  const parent = elementAt(matcher.elements, container);
  const patterns = parent.contents.flatMap((index) => elementAt(matcher.elements, index).path ?? []);
  const shown = JSON.stringify(pathInContainer);
  const unexpected = `${shown} is in the ${parent.type} file, but nothing in the artifact configuration expects it`;
  const about = {
    rule: 'artifact.unexpected',
    expected: list(patterns),
    found: pathInContainer,
    policy: locations[parent.pointer] ?? null,
    path: [...containerPath, pathInContainer],
  };
  if (inside !== null && inside.matching.length > 0) {
    const what = inside.matching.map((path) => JSON.stringify(path)).join(', ');
    const single = inside.matching.length === 1;
    return fail({
      ...about,
      message: `${unexpected}. What is expected here, ${what}, ${single ? 'is' : 'are'} inside ${shown}.`,
      fix: `Submit the files without the archive around them (CI systems zip what they upload, even a zip), or declare the archive in the artifact configuration: put the elements under \`contents\` of a new element \`{type: ${inside.type}, path: ${shown}, contents: […]}\`.`,
    });
  }
  return fail({ ...about, message: `${unexpected}.`, fix: fixOf(pathInContainer, patterns, context.work) });
}

function fixOf(path: string, patterns: readonly string[], work = new NearMissWork()): string {
  const name = foldCase(baseName(path));
  const sameName = patterns.filter((pattern) => foldCase(baseName(pattern)) === name);
  if (sameName.length > 0)
    return `The configuration expects a file of this name at ${list(sameName)}: pack it there, or change \`path\`.`;
  for (const pattern of patterns) {
    const [near] = nearMisses(pattern, [path], work);
    if (near !== undefined)
      return `The configuration says \`${pattern}\`; \`${near.pattern}\` would match it: change \`path\`, or pack the file where it is expected.`;
  }
  return `Remove the file from the artifact, or add an element whose \`path\` matches ${JSON.stringify(path)}.`;
}

const shownMax = 5;

function list(patterns: readonly string[]): string {
  const shown = patterns.slice(0, shownMax).map((pattern) => `\`${pattern}\``);
  const left = patterns.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}
