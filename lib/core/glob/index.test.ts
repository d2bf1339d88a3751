import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuTimeOf } from '../../../dev/test/cpu-time.ts';
import { compileGlob, foldCase, GlobError, matchesRef } from './index.ts';

const matches = (pattern: string, path: string): boolean => compileGlob(pattern, 'insensitive').matches(path);

describe('path patterns', () => {
  test.each([
    ['package/esbuild.exe', 'package/esbuild.exe', true],
    ['package/esbuild.exe', 'Package/ESBUILD.EXE', true],
    ['package/esbuild.exe', 'package/esbuild.exe.txt', false],
    ['*.exe', 'a.exe', true],
    ['*.exe', 'bin/a.exe', false],
    ['*', '', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['?', '😀', true],
    ['**', 'a', true],
    ['**', 'a/b/c', true],
    ['package/**', 'package/a', true],
    ['package/**', 'package/a/b', true],
    ['package/**', 'package', false],
    ['package/**', 'packages/a', false],
    ['**/*.dll', 'a.dll', true],
    ['**/*.dll', 'x/y/a.dll', true],
    ['a/**/z', 'a/z', true],
    ['a/**/z', 'a/b/c/z', true],
    ['a/**/z', 'a/b/c', false],
    ['a/**/b/**', 'a/x/b/y', true],
    ['a/**/b/**', 'a/x/b', false],
    ['[id].js', '[id].js', true],
    ['[id].js', 'i.js', false],
    ['*a*b*c', 'xxaxxbxxc', true],
    ['*a*b*c', 'xxaxxbxx', false],
  ])('%s against %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  test.each(['a//b', '/a', 'a/', '', 'a**', '**.exe', 'a/***', 'x'.repeat(513)])('refuses %s', (pattern) => {
    expect(() => compileGlob(pattern, 'insensitive')).toThrow(GlobError);
  });

  test('answers in bounded time where backtracking would take ages', () => {
    const milliseconds = cpuTimeOf(() => {
      expect(matches(`${'*a'.repeat(250)}b`, 'a'.repeat(30_000))).toBe(false);
      expect(matches(`${'**/a/'.repeat(100)}b`, 'a/'.repeat(10_000))).toBe(false);
    });
    expect(milliseconds).toBeLessThan(2000);
  });

  test('a path without wildcards matches itself, in any ASCII case, and nothing longer', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), name, (parts, more) => {
        const path = parts.join('/');
        expect(matches(path, path.toUpperCase())).toBe(true);
        expect(matches(path, `${path}/${more}`)).toBe(false);
        expect(matches('**', path)).toBe(true);
        expect(matches(`**/${parts.at(-1)}`, path)).toBe(true);
      }),
    );
  });

  test('agrees with a plain recursive definition', () => {
    const pattern = fc.stringMatching(/^[ab*?]{1,6}$/).filter((text) => !text.includes('**'));
    const slow = (p: string, t: string): boolean => {
      if (p === '') return t === '';
      if (p.startsWith('*')) return slow(p.slice(1), t) || (t !== '' && slow(p, t.slice(1)));
      return t !== '' && (p.startsWith('?') || p.startsWith(t.charAt(0))) && slow(p.slice(1), t.slice(1));
    };
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[ab]{0,8}$/), (p, t) => {
        expect(matches(p, t)).toBe(slow(p, t));
      }),
    );
  });
});

describe('case folding', () => {
  test.each([
    ['ΣΑΣ', 'σας'],
    ['K', 'k'],
    ['ſ', 'S'],
    ['ÄÖ', 'äö'],
  ])('%s and %s are the same name', (a, b) => {
    expect(foldCase(a)).toBe(foldCase(b));
  });

  test('keeps the number of code points and folds once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        const folded = foldCase(text);
        expect(Array.from(folded).length).toBe(Array.from(text).length);
        expect(foldCase(folded)).toBe(folded);
      }),
    );
  });
});

describe('refs', () => {
  test.each([
    ['main', 'main', true],
    ['main', 'Main', false],
    ['main', 'main-evil', false],
    ['main', 'x/main', false],
    ['v*', 'v1.2.3', true],
    ['v*', 'v1/evil', false],
    ['v*', 'dev1', false],
    ['release/*', 'release/1', true],
    ['release/**', 'release/1/2', true],
  ])('%s against %s: %s', (pattern, name, expected) => {
    expect(matchesRef(pattern, name)).toBe(expected);
  });
});
