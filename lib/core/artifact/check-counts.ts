import { fail, pass } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import type { FormatType } from '../formats/format.ts';
import { foldCase } from '../glob/index.ts';
import { checkDirectories } from './check-directories.ts';
import { elementAt } from './compile.ts';
import { describeBounds, files } from './describe-count.ts';
import type { CompiledElement } from './element.ts';
import type { ContainerContext } from './container-context.ts';

/**
 * How many files each element of a container matched → one finding for each element (`artifact.count`) and each
 * directory element (`artifact.directory`). Nothing is missing in an optional directory that isn't there. `paths` are the
 * files in the container, for hints on where a missing file is.
 */
export function checkCounts(
  context: ContainerContext & {
    readonly counts: ReadonlyMap<number, number>;
    readonly paths: readonly string[];
  },
): readonly Finding[] {
  const { matcher, container, containerPath, counts, locations } = context;
  const directories = checkDirectories(context);
  const elements = elementAt(matcher.elements, container).contents.map((index) => {
    const element = elementAt(matcher.elements, index);
    const count = counts.get(index) ?? 0;
    const absent = element.directory !== null && directories.absent.has(element.directory);
    const min = absent ? 0 : element.min;
    const expected = describeBounds(min, element.max);
    const shared = {
      rule: 'artifact.count',
      expected,
      found: files(count),
      policy: locations[element.pointer] ?? null,
      path: containerPath,
    };
    if (count >= min && (element.max === null || count <= element.max)) {
      return pass({ ...shared, message: `\`${element.path}\` matches ${files(count)}, as expected.` });
    }
    const message = `\`${element.path}\` should match ${expected}, but matches ${files(count)}.`;
    return fail({ ...shared, message, fix: fixCount(element, count, context.paths) });
  });
  return [...directories.findings, ...elements];
}

function fixCount(element: CompiledElement, count: number, paths: readonly string[]): string {
  if (element.max !== null && count > element.max) {
    return `Remove the surplus files, write a narrower path, or raise \`matches.max\` to ${count}.`;
  }
  const elsewhere = element.path === null ? [] : sameName(element.path, paths);
  if (elsewhere.length > 0) {
    return `The artifact contains ${elsewhere.map((path) => `\`${path}\``).join(', ')}: change \`path\` or pack the file where it is expected.`;
  }
  if (count === 0) return 'Add the file to the artifact, or set `matches.min` to 0 if it is optional.';
  return `Add the missing files, or lower \`matches.min\` to ${count}.`;
}

/** Expected files found inside an unexpected file. */
export interface InsideHint {
  readonly type: FormatType;
  /** Paths in it that elements of the container around it would match; the first few. */
  readonly matching: readonly string[];
}

/**
 * A file that no element expects → the finding that refuses it (`artifact.unexpected`). Says which element
 * expects a file of the same name in another folder, the usual cause being one folder more or less at the top, and if the
 * file is an archive that contains the expected files, how to declare it.
 */
export function unexpectedEntry(
  context: ContainerContext & { readonly pathInContainer: string; readonly inside?: InsideHint | null },
): Finding {
  const { matcher, container, containerPath, locations, pathInContainer, inside = null } = context;
  const parent = elementAt(matcher.elements, container);
  const patterns = parent.contents.flatMap((index) => elementAt(matcher.elements, index).path ?? []);
  const near = patterns.filter(
    (pattern) => foldCase(baseName(pattern)) === foldCase(baseName(pathInContainer)),
  );
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
  return fail({
    ...about,
    message: `${unexpected}.`,
    fix:
      near.length > 0
        ? `The configuration expects a file of this name at ${list(near)}: pack it there, or change \`path\`.`
        : `Remove the file from the artifact, or add an element whose \`path\` matches ${shown}.`,
  });
}

const shownMax = 5;

function list(patterns: readonly string[]): string {
  const shown = patterns.slice(0, shownMax).map((pattern) => `\`${pattern}\``);
  const left = patterns.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}

function sameName(pattern: string, paths: readonly string[]): readonly string[] {
  const name = foldCase(baseName(pattern));
  const found: string[] = [];
  for (const path of paths) {
    if (found.length < 3 && foldCase(baseName(path)) === name) found.push(path);
  }
  return found;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
