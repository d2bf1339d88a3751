import { diffArrays } from 'diff';
import { markWords } from './mark-words.ts';
import type { DiffPart } from './diff-part.ts';

export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  /** Line number before the change, from 1; null for an added line. */
  readonly before: number | null;
  /** Line number after it; null for a removed line. */
  readonly after: number | null;
  readonly parts: readonly DiffPart[];
}

/** Adjacent changed lines, with unchanged ones around them. */
export interface DiffHunk {
  readonly lines: readonly DiffLine[];
}

export interface TextDiff {
  readonly hunks: readonly DiffHunk[];
  readonly added: number;
  readonly removed: number;
  /** The texts differ too much to be compared line by line; only the counts are valid then. */
  readonly tooLarge: boolean;
}

const contextLines = 3;
/** Myers' algorithm takes time proportional to the differences; nobody reads more than this many one by one. */
const editsMax = 2_000;
const linesMax = 20_000;

/** null: there was, or is, no such text. */
export function diffTexts(before: string | null, after: string | null): TextDiff {
  const [earlier, later] = [linesOf(before), linesOf(after)];
  const whole = earlier.length === 0 || later.length === 0;
  const changes =
    earlier.length > linesMax || later.length > linesMax
      ? undefined
      : diffArrays([...earlier], [...later], { maxEditLength: whole ? linesMax : editsMax });
  if (changes === undefined) {
    return { hunks: [], added: later.length, removed: earlier.length, tooLarge: true };
  }
  const lines: DiffLine[] = [];
  let [oldNumber, newNumber] = [1, 1];
  for (let at = 0; at < changes.length; at += 1) {
    const change = changes[at];
    if (change === undefined) continue;
    if (change.removed) {
      const next = changes[at + 1];
      const added = next?.added === true ? next.value : [];
      const marked = markWords(change.value, added);
      for (const parts of marked.removed)
        lines.push({ kind: 'removed', before: oldNumber++, after: null, parts });
      for (const parts of marked.added)
        lines.push({ kind: 'added', before: null, after: newNumber++, parts });
      if (added.length > 0) at += 1;
      continue;
    }
    for (const text of change.value) {
      const parts = [{ text, changed: false }];
      if (change.added) lines.push({ kind: 'added', before: null, after: newNumber++, parts });
      else lines.push({ kind: 'same', before: oldNumber++, after: newNumber++, parts });
    }
  }
  const count = (kind: DiffLine['kind']): number => lines.filter((line) => line.kind === kind).length;
  return { hunks: hunksOf(lines), added: count('added'), removed: count('removed'), tooLarge: false };
}

/** Lines without their line ends. A text whose last line has no line end differs from one whose last line has. */
function linesOf(text: string | null): readonly string[] {
  if (text === null || text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else lines.push('\\ No line end at the end of the file');
  return lines;
}

function hunksOf(lines: readonly DiffLine[]): readonly DiffHunk[] {
  const hunks: DiffHunk[] = [];
  let start = -1;
  let lastChange = -1;
  lines.forEach((line, index) => {
    if (line.kind === 'same') return;
    if (start === -1) start = Math.max(0, index - contextLines);
    else if (index - lastChange > 2 * contextLines) {
      hunks.push({ lines: lines.slice(start, lastChange + contextLines + 1) });
      start = index - contextLines;
    }
    lastChange = index;
  });
  if (start !== -1) hunks.push({ lines: lines.slice(start, lastChange + contextLines + 1) });
  return hunks;
}
