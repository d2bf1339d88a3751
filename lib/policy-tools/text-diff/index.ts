/** What two texts have in common, line by line and, within lines that took each other's place, word by word. Pure. */
export { diffTexts } from './diff-texts.ts';
export type { DiffPart } from './diff-part.ts';
export type { DiffHunk, DiffLine, TextDiff } from './diff-texts.ts';
