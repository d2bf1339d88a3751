import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffTexts } from './index.ts';
import type { DiffLine, TextDiff } from './index.ts';

const textOf = (line: DiffLine): string => line.parts.map((part) => part.text).join('');
const shown = (diff: TextDiff): string[] =>
  diff.hunks.flatMap((hunk) =>
    hunk.lines.map((line) => `${{ same: ' ', removed: '-', added: '+' }[line.kind]}${textOf(line)}`),
  );
const numbered = (count: number): string => Array.from({ length: count }, (_, at) => `line ${at}\n`).join('');
/** Few different lines, so that texts have much in common. */
const text = fc
  .array(fc.constantFrom('a: 1', 'b: 2', '  - c', '', 'd d d'), { maxLength: 40 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));

describe('diffTexts', () => {
  it('reports nothing for texts that are the same', () => {
    fc.assert(
      fc.property(text, (same) => {
        expect(diffTexts(same, same)).toMatchObject({ hunks: [], added: 0, removed: 0, tooLarge: false });
      }),
    );
  });

  it('yields the text after from the text before, and the text before from the text after', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = diffTexts(before, after);
        const lines = diff.hunks.flatMap((hunk) => hunk.lines);
        const rebuild = (from: string, kind: 'removed' | 'added', side: 'before' | 'after'): string => {
          const result = from.split('\n').slice(0, -1);
          const other = kind === 'removed' ? 'added' : 'removed';
          for (const line of lines.filter((diffLine) => diffLine.kind === other))
            result[(line[side] ?? 0) - 1] = '\u0000';
          return result.filter((line) => line !== '\u0000').join('\n');
        };
        // What is left of either text without what only it has is the same.
        expect(rebuild(before, 'added', 'before')).toBe(rebuild(after, 'removed', 'after'));
        for (const line of lines) {
          if (line.before !== null) expect(before.split('\n')[line.before - 1]).toBe(textOf(line));
          if (line.after !== null) expect(after.split('\n')[line.after - 1]).toBe(textOf(line));
        }
      }),
    );
  });

  it('shows three lines around a change, and what is far apart apart', () => {
    const before = numbered(40);
    const after = before.replace('line 10\n', 'line ten\n').replace('line 30\n', '');
    const { hunks } = diffTexts(before, after);
    expect(hunks).toHaveLength(2);
    expect(shown({ hunks: hunks.slice(1), added: 0, removed: 0, tooLarge: false })).toEqual([
      ' line 27',
      ' line 28',
      ' line 29',
      '-line 30',
      ' line 31',
      ' line 32',
      ' line 33',
    ]);
  });

  it('marks the words that differ in a line that took another’s place', () => {
    const [removed, added] = diffTexts('quorum: 1 # a\n', 'quorum: 2 # a\n').hunks[0]?.lines ?? [];
    expect(removed?.parts.filter((part) => part.changed).map((part) => part.text)).toEqual(['1']);
    expect(added?.parts.filter((part) => part.changed).map((part) => part.text)).toEqual(['2']);
  });

  it('shows a new file and a removed one whole', () => {
    expect(shown(diffTexts(null, 'a\nb\n'))).toEqual(['+a', '+b']);
    expect(shown(diffTexts('a\nb\n', null))).toEqual(['-a', '-b']);
  });

  it('distinguishes a missing line end', () => {
    expect(diffTexts('a\n', 'a')).toMatchObject({ added: 1, removed: 0 });
  });

  it('doesn’t compare texts that have nothing in common, nor endless ones', () => {
    const other = numbered(5_000).replaceAll('line', 'zeile');
    expect(diffTexts(numbered(5_000), other)).toEqual({
      hunks: [],
      added: 5_000,
      removed: 5_000,
      tooLarge: true,
    });
    expect(diffTexts(null, numbered(30_000))).toMatchObject({ tooLarge: true, added: 30_000 });
  });
});
