import { fail, pass } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import { checkDirectories } from './check-directories.ts';
import { countsInDirectories, isInSeveral } from './several-directories.ts';
import { elementAt } from './compile.ts';
import type { ContainerContext } from './container-context.ts';
import { describeBounds, files } from './describe-count.ts';
import type { CompiledElement } from './element.ts';
import { nearMisses, NearMissWork } from './near-misses.ts';
import { wouldMatch } from './near-words.ts';

interface Counted extends ContainerContext {
  readonly counts: ReadonlyMap<number, number>;
  /** The files in the container. */
  readonly paths: readonly string[];
  readonly work: NearMissWork;
}

/**
 * How many files each element of a container matched → one finding for each element (`artifact.count`) and each
 * directory element (`artifact.directory`). Nothing is missing in an optional directory that isn't there. `paths` are the
 * files in the container, for hints on what was meant.
 */
export function checkCounts(
  context: ContainerContext & Pick<Counted, 'counts' | 'paths'>,
): readonly Finding[] {
  const { matcher, container, containerPath, counts, locations, work = new NearMissWork() } = context;
  const directories = checkDirectories({ ...context, work });
  const inEach = countsInDirectories(context);
  const elements = elementAt(matcher.elements, container).contents.map((index) => {
    const element = elementAt(matcher.elements, index);
    if (isInSeveral(matcher, element.directory)) return inEach.check(element);
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
    const counted = { ...context, work };
    const found = count === 0 ? shared.found : `${shared.found}: ${matched(element, counted)}`;
    return fail({ ...shared, found, message, fix: fixCount(element, count, counted) });
  });
  return [...directories.findings, ...elements];
}

const shownMax = 5;

/** The first few files that the element took. */
function matched(element: CompiledElement, { matcher, container, paths, work }: Counted): string {
  const taken: string[] = [];
  for (const path of paths) {
    if (taken.length > shownMax || !work.spend(path.length * shownMax)) break;
    if (matcher.matchEntry(container, path) === element) taken.push(path);
  }
  return list(taken, taken.length > shownMax ? ', …' : '');
}

function fixCount(element: CompiledElement, count: number, counted: Counted): string {
  if (element.max !== null && count > element.max) {
    return `Remove the surplus files, write a narrower path, or raise \`matches.max\` to ${count}.`;
  }
  if (count > 0) return `Add the missing files, or lower \`matches.min\` to ${count}.`;
  const near =
    element.path === null
      ? []
      : nearMisses(element.path, counted.paths, counted.work, free(element, counted));
  if (near.length > 0) {
    return `\`${element.path}\` matched nothing; ${wouldMatch(near)}: change \`path\`, or pack the files where they are expected.`;
  }
  const unpacked = contentsOutside(element, counted);
  if (unpacked > 0) {
    return `The archive contains ${files(unpacked)} that ${unpacked === 1 ? 'is' : 'are'} expected inside \`${element.path}\`: submit the archive around ${unpacked === 1 ? 'it' : 'them'}, or move its \`contents\` to where the element is.`;
  }
  return 'Add the file to the artifact, or set `matches.min` to 0 if it is optional.';
}

/** Elements before this one take what they match. */
function free(element: CompiledElement, { matcher, container }: Counted): (path: string) => boolean {
  return (path) => {
    const taker = matcher.matchEntry(container, path);
    return taker === null || taker.index > element.index;
  };
}

/** How many files here are what the element, a container that is missing, would contain. */
function contentsOutside(element: CompiledElement, { matcher, container, paths, work }: Counted): number {
  if (!element.opened || element.contents.length === 0) return 0;
  let count = 0;
  for (const path of paths) {
    if (!work.spend(path.length * element.contents.length)) return 0;
    if (matcher.matchEntry(container, path) !== null) continue;
    const inside = matcher.matchEntry(element.index, path);
    if (inside !== null && !/^(?:[*]+[/]?)+$/.test(inside.path ?? '')) count += 1;
  }
  return count;
}

/** `one`, `two` and what `end` adds. */
function list(patterns: readonly string[], end: string): string {
  return `${patterns
    .slice(0, shownMax)
    .map((pattern) => `\`${pattern}\``)
    .join(', ')}${end}`;
}
