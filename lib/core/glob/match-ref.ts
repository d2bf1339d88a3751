import { compileGlob, hasWildcard } from './compile.ts';

/**
 * Whether a branch or tag name (without `refs/heads/` or `refs/tags/`) is one that a policy names: compared
 * character by character unless the pattern contains a wildcard; case matters, as it does to Git.
 */
export function matchesRef(pattern: string, name: string): boolean {
  return hasWildcard(pattern) ? compileGlob(pattern, 'sensitive').matches(name) : pattern === name;
}
