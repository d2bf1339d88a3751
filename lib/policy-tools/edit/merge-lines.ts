/**
 * What a writer of YAML made of a text before and after an edit, and the text itself → the text with the edit's lines, and every other line
 * as it was, however the writer would have laid it out.
 */
import { diffArrays } from 'diff';

/** Beyond it, texts have nothing in common that is worth keeping. */
const editLengthMax = 4_000;

/** null: they have too little in common. */
export function mergeLines(
  before: readonly string[],
  after: readonly string[],
  own: readonly string[],
): readonly string[] | null {
  const units = alignedUnits(before, own);
  const edits = editsOf(before, after);
  if (units === null || edits === null) return null;
  const merged: string[] = [];
  let at = 0;
  for (const edit of edits) {
    while (at < units.length && endsBefore(units[at], edit)) merged.push(...linesOf(units[at++], own));
    const from = at < units.length ? (units[at]?.from ?? edit.from) : edit.from;
    let to = edit.to;
    const touched = at;
    while (at < units.length && touches(units[at], edit)) to = Math.max(to, units[at++]?.to ?? to);
    // A unit of several lines that the edit touches in part is written as the writer has it.
    if (at > touched) merged.push(...before.slice(Math.min(from, edit.from), edit.from));
    const shift = shiftOf(edit, [units[touched], units[touched - 1], units[at]], before, own);
    merged.push(...edit.lines.map((line) => shifted(line, shift)));
    if (at > touched) merged.push(...before.slice(edit.to, to));
  }
  for (; at < units.length; at += 1) merged.push(...linesOf(units[at], own));
  return merged;
}

/** Lines of `before` that are these lines of the text. */
interface Unit {
  readonly from: number;
  readonly to: number;
  readonly ownFrom: number;
  readonly ownTo: number;
}

interface LineEdit {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

const linesOf = (unit: Unit | undefined, own: readonly string[]): readonly string[] =>
  unit === undefined ? [] : own.slice(unit.ownFrom, unit.ownTo);

const indentOf = (line: string): number => /^ */.exec(line)?.[0].length ?? 0;

/** By how much the text's lines stand further in than the writer's, of those around that are as deep as what comes. */
function shiftOf(
  { lines }: LineEdit,
  around: readonly (Unit | undefined)[],
  before: readonly string[],
  own: readonly string[],
): number {
  const [first = ''] = lines;
  for (const unit of around) {
    if (unit === undefined || unit.to - unit.from !== 1 || unit.ownTo - unit.ownFrom !== 1) continue;
    const [written = '', there = ''] = [before[unit.from], own[unit.ownFrom]];
    if (written.trim() !== '' && indentOf(written) === indentOf(first))
      return indentOf(there) - indentOf(written);
  }
  return 0;
}

const shifted = (line: string, by: number): string =>
  by < 0 ? line.replace(new RegExp(`^ {1,${-by}}`), '') : line.trim() === '' ? line : ' '.repeat(by) + line;

/** Lines that only the text has stand before what is replaced at their place, and after what is inserted there. */
const endsBefore = (unit: Unit | undefined, { from, to }: LineEdit): boolean =>
  unit !== undefined && unit.to <= from && (unit.from < from || to > from);

const touches = (unit: Unit | undefined, { from, to }: LineEdit): boolean =>
  unit !== undefined && unit.from < to && unit.to > from;

/**
 * Lines are the same line where only quotes, indentation and spaces tell them apart; as many that differ are each other's. Empty lines are
 * all alike, so they go with the lines around them.
 */
function alignedUnits(before: readonly string[], own: readonly string[]): readonly Unit[] | null {
  const [there, mine] = [fullLines(before), fullLines(own)];
  const parts = diffArrays(there.map(bareAt(before)), mine.map(bareAt(own)), {
    maxEditLength: editLengthMax,
  });
  if (parts === undefined) return null;
  const units: Unit[] = [];
  let [at, ownAt] = [0, 0];
  const unitTo = (to: number, ownTo: number): void => {
    if (to > at || ownTo > ownAt) units.push({ from: at, to, ownFrom: ownAt, ownTo });
    [at, ownAt] = [to, ownTo];
  };
  /** As many empty lines as both have are each other's. */
  const emptyTo = (to: number, ownTo: number): void => {
    const both = Math.min(to - at, ownTo - ownAt);
    for (let each = 0; each < both; each += 1) unitTo(at + 1, ownAt + 1);
    unitTo(to, ownTo);
  };
  let [next, ownNext] = [0, 0];
  const pairs = (count: number): void => {
    for (let each = 0; each < count; each += 1, next += 1, ownNext += 1) {
      const [line, ownLine] = [there[next] ?? at, mine[ownNext] ?? ownAt];
      emptyTo(line, ownLine);
      unitTo(line + 1, ownLine + 1);
    }
  };
  for (const { common, removed, added } of groupsOf(parts)) {
    if (removed === added) pairs(removed);
    else {
      next += removed;
      ownNext += added;
      unitTo(
        removed === 0 ? at : (there[next - 1] ?? at) + 1,
        added === 0 ? ownAt : (mine[ownNext - 1] ?? ownAt) + 1,
      );
    }
    pairs(common);
  }
  emptyTo(before.length, own.length);
  return units;
}

const bareAt =
  (lines: readonly string[]) =>
  (at: number): string =>
    (lines[at] ?? '').replaceAll(/["'\s]/g, '');

/** Places of lines that aren't empty. */
const fullLines = (lines: readonly string[]): number[] =>
  lines.flatMap((line, at) => (line.trim() === '' ? [] : [at]));

function editsOf(before: readonly string[], after: readonly string[]): readonly LineEdit[] | null {
  const parts = diffArrays([...before], [...after], { maxEditLength: editLengthMax });
  if (parts === undefined) return null;
  const edits: LineEdit[] = [];
  let [at, afterAt] = [0, 0];
  for (const { common, removed, added } of groupsOf(parts)) {
    if (removed + added > 0)
      edits.push({ from: at, to: at + removed, lines: after.slice(afterAt, afterAt + added) });
    at += removed + common;
    afterAt += added + common;
  }
  return edits;
}

interface Group {
  readonly removed: number;
  readonly added: number;
  /** Lines of both, after those. */
  readonly common: number;
}

function groupsOf(
  parts: readonly { readonly added: boolean; readonly removed: boolean; readonly count: number }[],
): readonly Group[] {
  const groups: Group[] = [];
  let [removed, added] = [0, 0];
  for (const part of parts) {
    if (part.removed) removed += part.count;
    else if (part.added) added += part.count;
    else {
      groups.push({ removed, added, common: part.count });
      [removed, added] = [0, 0];
    }
  }
  if (removed + added > 0) groups.push({ removed, added, common: 0 });
  return groups;
}
