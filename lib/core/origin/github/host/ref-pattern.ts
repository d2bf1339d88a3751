/** Whether a ruleset is about a ref: GitHub matches patterns as Ruby's File.fnmatch with FNM_PATHNAME, over full names of refs. */
import { compileGlob, GlobError } from '../../../glob/index.ts';

/** null: a pattern that can't be told for certain. */
function matches(pattern: string, ref: string, defaultRef: string): boolean | null {
  if (pattern === '~ALL') return true;
  if (pattern === '~DEFAULT_BRANCH') return ref === defaultRef;
  // `**` at the end is one step to Ruby and many to us.
  if (/[\\[\]{}!^]|\*\*$/.test(pattern)) return null;
  try {
    return compileGlob(pattern, 'sensitive').matches(ref);
  } catch (error) {
    if (error instanceof GlobError) return null;
    throw error;
  }
}

/** What is uncertain counts as left out: a ruleset then protects nothing. `defaultRef`: of the default branch, as it is now. */
export function covers(
  conditions: { readonly include: readonly string[]; readonly exclude: readonly string[] },
  ref: string,
  defaultRef: string,
): boolean {
  return (
    conditions.include.some((pattern) => matches(pattern, ref, defaultRef) === true) &&
    conditions.exclude.every((pattern) => matches(pattern, ref, defaultRef) === false)
  );
}
