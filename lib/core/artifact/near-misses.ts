/**
 * Where a pattern matches nothing: what was probably meant. Only for the words of a refusal, so the work is bounded and what isn't
 * found in time isn't said.
 */
import { compileGlob, foldCase, globLengthMax } from '../glob/index.ts';
import { suggestName } from '../text/near-name/index.ts';

/** What all searches of one inspection may cost together, in characters compared: about half a second. */
const charactersMax = 10_000_000;
const shownMax = 3;
/** More places than this are better said with one `**`. */
const placesMax = 2;
/** Names among which a misspelt one is looked for. */
const namesMax = 5000;

export class NearMissWork {
  #left: number;
  constructor(characters = charactersMax) {
    this.#left = characters;
  }

  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** Whether that much may still be done. */
  spend(characters: number): boolean {
    this.#left -= characters;
    return this.#left >= 0;
  }
}

export interface NearMiss {
  /** The pattern that would match. */
  readonly pattern: string;
  readonly count: number;
}

/**
 * A pattern that matches none of `paths` → patterns like it that would: in another folder, with another version in a
 * name, spelt otherwise; the first of these that matches anything, in at most three places. `isFree`: nothing else takes the file.
 */
export function nearMisses(
  pattern: string,
  paths: readonly string[],
  work: NearMissWork,
  isFree: (path: string) => boolean = () => true,
): readonly NearMiss[] {
  const parts = pattern.split('/');
  if (work.isSpent || parts.every(isAnything)) return [];
  const search = { paths, work, isFree };
  for (const find of [deeper, shallower, otherVersion, elsewhere, otherSpelling]) {
    const found = find(parts, search);
    if (found.length > 0) return found.slice(0, shownMax);
  }
  return [];
}

interface Search {
  readonly paths: readonly string[];
  readonly work: NearMissWork;
  readonly isFree: (path: string) => boolean;
}

/** The folders in front of it are missing in the pattern: `*.exe`, and there is `app/widget.exe`. */
function deeper(parts: readonly string[], search: Search): readonly NearMiss[] {
  if (parts[0] === '**') return [];
  const found = matching(['**', ...parts], search);
  const prefixes = found.map((path) => prefixOf(path, parts, search.work));
  return grouped(prefixes, parts, ['**', ...parts].join('/'));
}

/** The shortest run of folders after which the rest of the path matches; null: the work is used up. */
function prefixOf(path: string, parts: readonly string[], work: NearMissWork): string | null {
  const glob = compileGlob(parts.join('/'), 'insensitive');
  const names = path.split('/');
  for (let cut = 1; cut < names.length; cut += 1) {
    const rest = names.slice(cut).join('/');
    if (!work.spend(rest.length + glob.pattern.length)) return null;
    if (glob.matches(rest)) return names.slice(0, cut).join('/');
  }
  return null;
}

/** The pattern has folders in front that aren't there: `package/*.exe`, and there is `widget.exe`. */
function shallower(parts: readonly string[], search: Search): readonly NearMiss[] {
  for (let cut = 1; cut < parts.length; cut += 1) {
    const rest = parts.slice(cut);
    if (rest.every(isAnything)) return [];
    const { length } = matching(rest, search);
    if (length > 0) return [{ pattern: rest.join('/'), count: length }];
  }
  return [];
}

/** The name is right, the folders are others: `bin/widget.exe`, and there is `out/widget.exe`. */
function elsewhere(parts: readonly string[], search: Search): readonly NearMiss[] {
  const base = parts.at(-1) ?? '';
  if (parts.length === 1 || isAnything(base)) return [];
  const folders = matching(['**', base], search).map((path) => path.split('/').slice(0, -1).join('/'));
  return grouped(folders, [base], `**/${base}`);
}

/** `widget-1.2/widget.exe`, and there is `widget-1.3/widget.exe`. */
function otherVersion(parts: readonly string[], search: Search): readonly NearMiss[] {
  const loose = parts.map((part) =>
    part === '**' ? part : part.replaceAll(version, '*').replaceAll(/[*]{2,}/g, '*'),
  );
  if (loose.join('/') === parts.join('/') || loose.every(isAnything)) return [];
  const { length } = matching(loose, search);
  return length === 0 ? [] : [{ pattern: loose.join('/'), count: length }];
}

const version = /\d+(?:[.]\d+)*\*?/g;

function otherSpelling(parts: readonly string[], { paths, work, isFree }: Search): readonly NearMiss[] {
  const base = parts.at(-1) ?? '';
  if (/[*?]/.test(base)) return [];
  const free = paths.slice(0, namesMax).filter((path) => isFree(path));
  const names = new Set(free.map(baseName));
  if (!work.spend(names.size * base.length * base.length)) return [];
  const meant = suggestName(base, [...names]);
  const path = free.find((one) => baseName(one) === meant);
  return path === undefined ? [] : [{ pattern: path, count: 1 }];
}

function matching(parts: readonly string[], { paths, work, isFree }: Search): readonly string[] {
  const pattern = parts.join('/');
  if (pattern.length > globLengthMax) return [];
  const glob = compileGlob(pattern, 'insensitive');
  const found: string[] = [];
  for (const path of paths) {
    // A count that isn't whole would be wrong.
    if (!work.spend(path.length + pattern.length)) return [];
    if (glob.matches(path) && isFree(path)) found.push(path);
  }
  return found;
}

/** Counts by folder → the pattern in each, or where there are many, one for all. null: nobody knows where. */
function grouped(
  folders: readonly (string | null)[],
  parts: readonly string[],
  anywhere: string,
): readonly NearMiss[] {
  const counts = new Map<string, NearMiss>();
  for (const folder of folders) {
    if (folder === null) return [];
    const pattern = [...(folder === '' ? [] : [folder]), ...parts].join('/');
    const key = foldCase(pattern);
    const before = counts.get(key);
    counts.set(key, { pattern: before?.pattern ?? pattern, count: (before?.count ?? 0) + 1 });
  }
  if (counts.size > placesMax) return [{ pattern: anywhere, count: folders.length }];
  return [...counts.values()];
}

/** A part that says nothing of a name. */
const isAnything = (part: string): boolean => part === '*' || part === '**';

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
