import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob, GlobError } from '../glob/index.ts';
import { failures } from '../wire/finding/index.ts';
import { signed, zip, type Contents } from './configuration.fixture.ts';
import { checkCounts, compileConfiguration, NearMissWork, unexpectedEntry } from './index.ts';
import { nearMisses } from './near-misses.ts';

const near = (pattern: string, ...paths: string[]) =>
  nearMisses(pattern, paths, new NearMissWork()).map(({ pattern: found, count }) => `${found} ${count}`);

describe('a pattern that matches nothing', () => {
  test.each<[string, string, string[], string[]]>([
    ['one folder less', '*.exe', ['app/a.exe', 'app/b.exe', 'app/c.dll'], ['app/*.exe 2']],
    ['in two folders', '*.exe', ['x64/a.exe', 'x86/a.exe'], ['x64/*.exe 1', 'x86/*.exe 1']],
    ['in many folders', '*.exe', ['1/a.exe', '2/a.exe', '3/a.exe'], ['**/*.exe 3']],
    ['at one depth among others', 'app/*.exe', ['out/app/a.exe', 'out/b.exe'], ['out/app/*.exe 1']],
    ['one folder more', 'package/*.exe', ['a.exe', 'b.exe'], ['*.exe 2']],
    ['two folders more', 'a/b/tool.exe', ['tool.exe'], ['tool.exe 1']],
    ['another folder', 'bin/tool.exe', ['out/TOOL.EXE', 'readme'], ['out/tool.exe 1']],
    ['another folder, with a wildcard', 'bin/*.dll', ['lib/a.dll', 'lib/b.dll'], ['lib/*.dll 2']],
    ['a whole folder elsewhere', 'docs/**', ['widget/docs/a', 'widget/docs/b/c'], ['widget/docs/** 2']],
    ['another version', 'widget-1.2.3/a.exe', ['widget-1.3/a.exe'], ['widget-*/a.exe 1']],
    ['another version in the name', 'widget-1.2.3.exe', ['widget-1.10.exe'], ['widget-*.exe 1']],
    ['another version beside a wildcard', 'w*1.2*.exe', ['w-1.3-x.exe'], ['w*.exe 1']],
    ['a misspelt name', 'bin/wigdet.exe', ['bin/widget.exe'], ['bin/widget.exe 1']],
    ['nothing like it', 'setup.exe', ['readme.md', 'a/b.dll'], []],
    ['a pattern for anything', '*', ['a/b'], []],
    ['nothing at all', 'a.exe', [], []],
  ])('%s', (_title, pattern, paths, expected) => {
    expect(near(pattern, ...paths)).toEqual(expected);
  });

  test('is looked for whatever valid pattern it is, and whatever names there are', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a1.*?]{1,6}(?:\/(?:[*][*]|[a1.*?]{1,6})){0,3}$/),
        fc.array(fc.stringMatching(/^[a1.*?b]{1,6}(?:\/[a1.*?b]{1,6}){0,3}$/)),
        (pattern, paths) => {
          try {
            compileGlob(pattern, 'insensitive');
          } catch (error) {
            if (error instanceof GlobError) return;
            throw error;
          }
          nearMisses(pattern, paths, new NearMissWork());
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('takes no file that another element takes', () => {
    const isFree = (path: string) => path !== 'app/a.exe';
    expect(nearMisses('*.exe', ['app/a.exe', 'lib/b.exe'], new NearMissWork(), isFree)).toEqual([
      { pattern: 'lib/*.exe', count: 1 },
    ]);
  });

  test('costs a bounded amount of work, in all searches together', () => {
    let asked = 0;
    class Counted extends NearMissWork {
      override spend(characters: number): boolean {
        asked += 1;
        return super.spend(characters);
      }
    }
    const work = new Counted(100_000);
    const paths = Array.from({ length: 1000 }, (_, at) => `${'folder/'.repeat(20)}${at}.exe`);
    expect(nearMisses('x/*.dll', paths, work)).toEqual([]);
    // Each of the five ways to search ends at once when nothing is left.
    expect(asked).toBeLessThan(1000);
    expect(work.isSpent).toBe(true);
    expect(nearMisses('a.exe', ['b/a.exe'], work)).toEqual([]);
  });
});

const sole = (contents: Contents, paths: readonly string[]) => {
  const matcher = compileConfiguration(zip(contents));
  const counts = new Map<number, number>();
  for (const path of paths) {
    const index = matcher.matchEntry(0, path)?.index ?? -1;
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  const context = { matcher, container: 0, containerPath: [], locations: {} };
  return failures(checkCounts({ ...context, counts, paths }));
};
const anything = { type: 'file', path: '**', matches: { min: 0, max: 'unbounded' } } as const;

describe('refusals', () => {
  test('say what would match, also where something else takes the file now', () => {
    const [finding] = sole([{ ...signed, path: '*.exe' }, anything], ['app/a.exe', 'app/b.exe']);
    expect(finding?.fix).toBe(
      '`*.exe` matched nothing; `app/*.exe` would match 2 files: change `path`, or pack the files where they are expected.',
    );
  });

  test('name what a pattern with too many files took', () => {
    const [finding] = sole([{ ...signed, path: '*.exe' }], ['a.exe', 'b.exe']);
    expect(finding?.found).toBe('2 files: `a.exe`, `b.exe`');
  });

  test('name the folder that was probably meant', () => {
    const contents: Contents = [{ type: 'directory', path: 'widget-1.2', contents: [signed] }];
    const [finding] = sole(contents, ['widget-1.3/signed.exe']);
    expect(finding?.fix).toMatch(/^`widget-\*` would match one\. /);
  });

  test('say that the archive around the files is missing', () => {
    const [finding] = sole([{ type: 'zip', path: 'release.zip', contents: [signed] }], ['signed.exe']);
    expect(finding?.fix).toContain('1 file that is expected inside `release.zip`');
  });

  test('of an unexpected file name the pattern that is like it', () => {
    const matcher = compileConfiguration(zip([{ ...signed, path: '*.exe' }]));
    const context = { matcher, container: 0, containerPath: [], locations: {} };
    expect(unexpectedEntry({ ...context, pathInContainer: 'app/a.exe' }).fix).toContain(
      'The configuration says `*.exe`; `app/*.exe` would match it',
    );
    expect(unexpectedEntry({ ...context, pathInContainer: 'readme' }).fix).toContain('Remove the file');
  });
});
