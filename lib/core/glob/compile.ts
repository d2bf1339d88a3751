import { CodedError } from '#core/error/index.ts';
import { foldCase } from './fold-case.ts';

export type GlobCase = 'sensitive' | 'insensitive';

export interface Glob {
  readonly pattern: string;
  /** `/`-separated path → whether the whole of it matches. O(pattern length × path length). */
  matches(path: string): boolean;
}

/** Longest pattern, in UTF-16 code units. */
export const globLengthMax = 512;
const pathLengthMax = 32_768;

export class GlobError extends CodedError<'GLOB_INVALID'> {
  static override readonly errorName = 'GlobError';
  readonly pattern: string;
  constructor(pattern: string, problem: string) {
    super('GLOB_INVALID', `pattern ${JSON.stringify(pattern.slice(0, 80))}: ${problem}`, {
      context: { pattern },
    });
    this.pattern = pattern;
  }
}

export function hasWildcard(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

/**
 * pattern → matcher. `*` matches any run of characters and `?` any one, both within one part of the path;
 * `**` is a part of its own and matches any number of parts: zero or more in front or in between, one or more at the end.
 * Everything else, brackets included, matches itself.
 *
 * Rejects (GlobError): more than 512 code units, empty parts (`//`, a slash at either end), `**` next to
 * other characters. A path longer than 32,768 code units never matches.
 */
export function compileGlob(pattern: string, letterCase: GlobCase): Glob {
  if (pattern.length > globLengthMax) throw new GlobError(pattern, `longer than ${globLengthMax} characters`);
  const fold = letterCase === 'insensitive' ? foldCase : (text: string): string => text;
  const parts = fold(pattern)
    .split('/')
    .map((part) => {
      if (part === '')
        throw new GlobError(
          pattern,
          'an empty part; write the path without //, a leading or a trailing slash',
        );
      if (part !== '**' && part.includes('**')) {
        throw new GlobError(pattern, '** must be a part of its own, as in folder/**/name');
      }
      return Array.from(part);
    });
  return {
    pattern,
    matches(path) {
      if (path.length > pathLengthMax) return false;
      const names = fold(path).split('/');
      return matchParts(
        parts,
        names.map((name) => Array.from(name)),
      );
    },
  };
}

const isDoubleStar = (part: readonly string[]): boolean =>
  part.length === 2 && part[0] === '*' && part[1] === '*';

/** Row by row: reachable[n] says whether the parts so far can match the first n names. */
function matchParts(parts: readonly (readonly string[])[], names: readonly (readonly string[])[]): boolean {
  let reachable = new Array<boolean>(names.length + 1).fill(false);
  reachable[0] = true;
  parts.forEach((part, at) => {
    const next = new Array<boolean>(names.length + 1).fill(false);
    if (isDoubleStar(part)) {
      const last = at === parts.length - 1;
      let open = false;
      for (let n = 0; n <= names.length; n += 1) {
        next[n] = last ? open : open || reachable[n] === true;
        open ||= reachable[n] === true;
      }
    } else {
      for (let n = 0; n < names.length; n += 1) {
        next[n + 1] = reachable[n] === true && matchPart(part, names[n] ?? []);
      }
    }
    reachable = next;
  });
  return reachable[names.length] === true;
}

/** One part against one name. Only the latest `*` can have to match more, so one position to backtrack to is enough. */
function matchPart(part: readonly string[], name: readonly string[]): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let starEnd = 0;
  while (n < name.length) {
    if (p < part.length && part[p] === '*') {
      star = p;
      starEnd = n;
      p += 1;
    } else if (p < part.length && (part[p] === '?' || part[p] === name[n])) {
      p += 1;
      n += 1;
    } else if (star >= 0) {
      p = star + 1;
      starEnd += 1;
      n = starEnd;
    } else {
      return false;
    }
  }
  while (part[p] === '*') p += 1;
  return p === part.length;
}
