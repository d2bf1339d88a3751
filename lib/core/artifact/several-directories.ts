/** Directory elements that stand for several directories: what is in them is counted in each of them. */
import { compileGlob, foldCase } from '../glob/index.ts';
import { fail, pass } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import type { ArtifactMatcher } from './compile.ts';
import type { ContainerContext } from './container-context.ts';
import { describeBounds, files } from './describe-count.ts';
import type { CompiledDirectory, CompiledElement } from './element.ts';

type Context = ContainerContext & { readonly paths: readonly string[] };

/** Whether a directory element, or one around it, stands for another number of directories than one. */
export function isInSeveral({ directories }: ArtifactMatcher, index: number | null): boolean {
  for (let at = index; at !== null;) {
    const directory = directories[at];
    if (directory === undefined) return false;
    if (directory.max !== 1) return true;
    at = directory.parent;
  }
  return false;
}

/** Directories with files in them that match, by their path in one case; as the first file writes it. */
function instancesOf({ path }: CompiledDirectory, paths: readonly string[]): ReadonlyMap<string, string> {
  const glob = compileGlob(path, 'insensitive');
  const depth = depthOf(path);
  const seen = new Set<string>();
  const found = new Map<string, string>();
  for (const file of paths) {
    const prefix = prefixOf(file, depth);
    if (prefix === null) continue;
    const key = foldCase(prefix);
    if (seen.has(key)) continue;
    seen.add(key);
    if (glob.matches(prefix)) found.set(key, prefix);
  }
  return found;
}

const depthOf = (path: string): number => path.split('/').length;

/** The first folders of a file's path; null: it isn't so deep. */
function prefixOf(path: string, depth: number): string | null {
  const parts = path.split('/');
  return parts.length > depth ? parts.slice(0, depth).join('/') : null;
}

const shownMax = 5;

interface Off {
  readonly where: string;
  readonly count: number;
}

const shown = (off: readonly Off[], one: (count: number) => string): string =>
  off
    .slice(0, shownMax)
    .map(({ where, count }) => `${one(count)} in ${where}`)
    .join(', ') + (off.length > shownMax ? `, and ${off.length - shownMax} more` : '');

const within = (
  count: number,
  { min, max }: { readonly min: number; readonly max: number | null },
): boolean => count >= min && (max === null || count <= max);

const directoriesWord = (count: number): string => (count === 1 ? '1 directory' : `${count} directories`);

/** How many directories there are, in each of those around them. Where none is around, nothing is missing in it. */
export function checkSeveral(directory: CompiledDirectory, context: Context): Finding {
  const { matcher, paths, locations, containerPath } = context;
  const parent = directory.parent === null ? null : (matcher.directories[directory.parent] ?? null);
  const found = instancesOf(directory, paths);
  const around = parent === null ? new Map([['', 'the archive']]) : instancesOf(parent, paths);
  const depth = parent === null ? 0 : depthOf(parent.path);
  const counts = new Map<string, number>([...around.keys()].map((key) => [key, 0]));
  for (const key of found.keys()) {
    const place = depth === 0 ? '' : (prefixOf(key, depth) ?? '');
    const before = counts.get(place);
    if (before !== undefined) counts.set(place, before + 1);
  }
  const off = [...counts].flatMap(([key, count]): readonly Off[] =>
    within(count, directory) ? [] : [{ where: named(around.get(key) ?? key), count }],
  );
  const shared = {
    rule: 'artifact.directory',
    expected: describeBounds(directory.min, directory.max).replace(/files?$/, (word) =>
      word === 'file' ? 'directory' : 'directories',
    ),
    found: found.size === 0 ? 'no directory' : [...found.values()].slice(0, shownMax).join(', '),
    policy: locations[directory.pointer] ?? null,
    path: containerPath,
  };
  if (off.length === 0) {
    const there = found.size === 1 ? 'matches 1 directory' : `matches ${found.size} directories`;
    return pass({ ...shared, message: `\`${directory.path}\` ${there}, as expected.` });
  }
  return fail({
    ...shared,
    message: `\`${directory.path}\` should match ${shared.expected}, but matches ${shown(off, directoriesWord)}.`,
    fix: 'Pack the files where they are expected, change `path`, or the numbers under `matches`.',
  });
}

const named = (place: string): string => (place === 'the archive' ? place : `\`${place}\``);

/** How many files elements in several directories match, in each of them. Nothing is counted where there are none such. */
export function countsInDirectories(context: Context): {
  readonly check: (element: CompiledElement) => Finding;
} {
  const { matcher, container, paths, locations, containerPath } = context;
  let counted: ReadonlyMap<string, number> | null = null;
  const count = (): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>();
    for (const path of paths) {
      const element = matcher.matchEntry(container, path);
      const directory = matcher.directories[element?.directory ?? -1];
      if (element === null || directory === undefined) continue;
      const key = keyOf(element, foldCase(prefixOf(path, depthOf(directory.path)) ?? ''));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  };
  const check = (element: CompiledElement): Finding => {
    counted ??= count();
    const counts = counted;
    const directory = matcher.directories[element.directory ?? -1];
    const instances = directory === undefined ? new Map<string, string>() : instancesOf(directory, paths);
    const off = [...instances].flatMap(([key, place]): readonly Off[] => {
      const number = counts.get(keyOf(element, key)) ?? 0;
      return within(number, element) ? [] : [{ where: `\`${place}\``, count: number }];
    });
    const expected = `${describeBounds(element.min, element.max)} in each directory`;
    const shared = {
      rule: 'artifact.count',
      expected,
      policy: locations[element.pointer] ?? null,
      path: containerPath,
    };
    if (off.length === 0) {
      const message = `\`${element.path}\` matches ${expected}, as expected, in ${instances.size} of them.`;
      return pass({ ...shared, found: directoriesWord(instances.size), message });
    }
    return fail({
      ...shared,
      found: shown(off, files),
      message: `\`${element.path}\` should match ${expected}, but matches ${shown(off, files)}.`,
      fix: 'Add the missing files or remove the surplus ones, or change the numbers under `matches`.',
    });
  };
  return { check };
}

const keyOf = ({ index }: CompiledElement, place: string): string => `${index}:${place}`;
