import { describe, expect, it } from 'vitest';
import { listProblems } from './check-list.ts';
import { areas } from './list/index.ts';
import type { Mutant } from './mutant.ts';

const file = 'lib/core/approval/count.ts';
const test = { file: 'lib/core/approval/count.test.ts', title: 'ends with one denial' };
const good: Mutant = { file, find: 'if (tooMany) {', replace: 'if (false) {', test };

describe('The list of guards', () => {
  it('matches the code', () => {
    expect(listProblems(areas.flatMap((area) => area.mutants))).toEqual([]);
  });

  it.each<[string, Mutant, RegExp]>([
    [
      'a guard that was changed',
      { ...good, find: 'if (tooMany && false) {' },
      /count\.ts holds the guard 0 times/,
    ],
    ['a guard that stands twice', { ...good, find: 'return' }, /count\.ts holds the guard \d+ times/],
    ['a file that is gone', { ...good, file: 'lib/gone.ts' }, /^lib\/gone\.ts is gone/],
    ['a replacement that isn’t code', { ...good, replace: 'if (' }, /doesn’t parse without the guard/],
    [
      'a test that was renamed',
      { ...good, test: { ...test, title: 'ends with two' } },
      /has no test “ends with two”/,
    ],
    [
      'a row’s words without its table’s title',
      { ...good, test: { file: 'dev/mutants/check-list.test.ts', title: 'a guard that was changed' } },
      /has no test “a guard that was changed”/,
    ],
    [
      'a table’s title with its open part',
      { ...good, test: { file: 'dev/mutants/check-list.test.ts', title: 'is refused with %s' } },
      /is a table’s title: name one of its rows/,
    ],
    [
      'tests that are gone',
      { ...good, test: { ...test, file: 'lib/gone.test.ts' } },
      /^lib\/gone\.test\.ts is gone/,
    ],
  ])('is refused with %s', (_what, mutant, said) => {
    expect(listProblems([mutant])).toEqual([expect.stringMatching(said)]);
  });

  it('is refused with the same guard twice', () => {
    expect(listProblems([good, good])).toEqual([expect.stringMatching(/the same guard twice/)]);
  });

  it('accepts a title that a table makes, and the beginning of one', () => {
    const mine = 'dev/mutants/check-list.test.ts';
    const titled = (title: string): Mutant => ({ ...good, test: { file: mine, title } });
    expect(listProblems([titled('is refused with a file that is gone')])).toEqual([]);
    expect(listProblems([titled('is refus')])).toEqual([]);
  });

  it('accepts a title of a contract that the test file imports, and of no other', () => {
    const titled = (file: string): Mutant => ({
      ...good,
      test: { file, title: 'shows nothing of an object before it is complete' },
    });
    expect(listProblems([titled('lib/host/object-store/open-folder.test.ts')])).toEqual([]);
    expect(listProblems([titled('lib/platform/git-host/local/local.git.test.ts')])).toHaveLength(1);
  });
});
