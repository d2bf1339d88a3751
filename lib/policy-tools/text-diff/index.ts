/** Compares two texts line by line and, within replaced lines, word by word. Pure. */
export { diffTexts } from './diff-texts.ts';
export type { DiffPart } from './diff-part.ts';
export type { DiffHunk, DiffLine, TextDiff } from './diff-texts.ts';
