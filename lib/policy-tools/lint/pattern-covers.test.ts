import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob } from '#core/glob/index.ts';
import { patternCovers } from './index.ts';

const covers = (by: string, pattern: string) => patternCovers(by, pattern, 'insensitive', { left: 10_000 });

describe('one pattern covers another', () => {
  test.each([
    ['**', 'a/b.exe', true],
    ['**/*.exe', 'bin/*.EXE', true],
    ['**/*.exe', '**/setup-*.exe', true],
    ['*.exe', '**/*.exe', false],
    ['a/*', 'a/**', false],
    ['a/**', 'a/*', true],
    ['a/**', 'a/**/b', true],
    ['**/b', 'a/**/b', true],
    ['a?', 'a*', false],
    ['a*', 'a?', true],
    ['?', '*', false],
    ['*.exe', '*', false],
    ['*a*', '*b*', false],
    ['main', 'main', true],
    ['main', 'm*', false],
  ])('%s, %s: %s', (by, pattern, answer) => {
    expect(covers(by, pattern)).toBe(answer);
  });

  test('and when it says so, no path escapes', () => {
    const name = fc.stringMatching(/^[ab*?]{1,4}$/).filter((part) => part === '**' || !part.includes('**'));
    const pattern = fc.array(fc.oneof(name, fc.constant('**')), { minLength: 1, maxLength: 3 });
    const path = fc.array(fc.stringMatching(/^[abc]{1,5}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pattern, pattern, fc.array(path, { maxLength: 20 }), (by, other, paths) => {
        if (!covers(by.join('/'), other.join('/'))) return;
        const [a, b] = [by, other].map((parts) => compileGlob(parts.join('/'), 'insensitive'));
        for (const one of paths.map((parts) => parts.join('/'))) {
          if (b?.matches(one) === true) expect(a?.matches(one)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('stops, as not covered, when the budget is used up', () => {
    expect(patternCovers('**', '*/*/*', 'insensitive', { left: 3 })).toBe(false);
  });
});
