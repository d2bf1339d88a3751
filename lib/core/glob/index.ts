/** Path patterns without regular expressions: bounded time whatever the pattern and the text. */
export { compileGlob, globLengthMax, GlobError, hasWildcard } from './compile.ts';
export type { Glob, GlobCase } from './compile.ts';
export { foldCase } from './fold-case.ts';
export { matchesRef } from './match-ref.ts';
