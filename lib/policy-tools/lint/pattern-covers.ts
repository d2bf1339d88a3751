import { compileGlob } from '#core/glob/index.ts';
import type { GlobCase } from '#core/glob/index.ts';

/** How many paths may still be tried, which bounds comparing every pattern with every other. */
export interface TrialBudget {
  left: number;
}

/** More wildcards than this in one pattern are not compared: each doubles the paths to try. */
const wildcardsMax = 5;
/** A character that no pattern contains, so that only a wildcard can match it. */
const fresh = '\u{e000}';

/**
 * Whether every path that `pattern` matches is matched by `by` too. Determined by trying: the pattern's wildcards
 * are filled with as little as they can match and with more than `by` can match outside a wildcard, in every combination, from characters that only a wildcard matches. Patterns with more than five wildcards and
 * those beyond the budget count as not covered. Both patterns are valid.
 */
export function patternCovers(
  by: string,
  pattern: string,
  letterCase: GlobCase,
  budget: TrialBudget,
): boolean {
  if (by === pattern) return true;
  const glob = compileGlob(by, letterCase);
  const long = fresh.repeat(by.length + 1);
  let paths: readonly (readonly string[])[] = [[]];
  let wildcards = 0;
  const parts = pattern.split('/');
  for (const [at, part] of parts.entries()) {
    wildcards += part === '**' ? 1 : part.split('*').length - 1;
    if (wildcards > wildcardsMax) return false;
    const options = part === '**' ? spans(at === parts.length - 1, by, long) : names(part, long);
    paths = paths.flatMap((path) => options.map((option) => [...path, ...option]));
  }
  return paths.every((path) => {
    budget.left -= 1;
    return budget.left >= 0 && glob.matches(path.join('/'));
  });
}

/** What `**` may match: nothing (one part at the end of a pattern), or many parts. */
function spans(last: boolean, by: string, long: string): readonly (readonly string[])[] {
  const many = new Array<string>(by.split('/').length + 1).fill(long);
  return [last ? [fresh] : [], many];
}

function names(part: string, long: string): readonly (readonly string[])[] {
  let made: readonly string[] = [''];
  // A part of a path is never empty, so a star on its own matches at least one character.
  const least = /^\*+$/.test(part) ? fresh : '';
  for (const character of part) {
    if (character === '*') made = made.flatMap((text) => [text + least, text + long]);
    else made = made.map((text) => text + (character === '?' ? fresh : character));
  }
  return made.map((name) => [name]);
}
