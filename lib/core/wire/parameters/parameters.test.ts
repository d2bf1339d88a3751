import { describe, expect, test } from 'vitest';
import { parametersText, readParameters, sameParameters, valueProblem } from './index.ts';

describe('a value', () => {
  test.each(['1.2.3', 'v1.2.3-rc.1+build_5', 'Widget (x64) & Co', 'x', 'a'.repeat(128)])(
    'may be %s',
    (value) => {
      expect(valueProblem(value)).toBeNull();
    },
  );

  test.each([
    ['empty', ''],
    ['too long', 'a'.repeat(129)],
    ['a wildcard', '1.*'],
    ['a wildcard for one character', 'a?'],
    ['a step down', 'a/b'],
    ['a step down as Windows writes it', 'a\\b'],
    ['a step up', '..'],
    ['the folder itself', '.'],
    ['a parameter', '${version}'],
    ['the signed file’s name', '${file.name}'],
    ['a line break', '1\n2'],
    ['a line break at the end', '1\n'],
    ['a zero byte', '1\u00002'],
    ['text that runs the other way', '1\u202e2'],
    ['a letter that looks like another', 'Wid\u0433et'],
    ['a quotation mark', '1"2'],
    ['a space at the end', '1 '],
    ['a set of characters', '[ab]'],
  ])('is never %s', (_, value) => {
    expect(valueProblem(value)).not.toBeNull();
  });

  test('has no character that a path, a pattern, JSON or a shell gives a meaning of its own', () => {
    const taken = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).filter(
      (character) => valueProblem(`a${character}a`) === null,
    );
    expect(taken.join('')).toBe(
      ' !#&()+,-.0123456789:=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~',
    );
  });
});

describe('the values of a request', () => {
  test('are read in the order of their names, whatever order they come in', () => {
    const read = readParameters({ b: '2', a: '1' });
    expect(read.ok && Object.keys(read.value)).toEqual(['a', 'b']);
    expect(read.ok && parametersText(read.value)).toBe('a=1, b=2');
  });

  test.each([
    ['no object', 'x'],
    ['nothing', null],
    ['a list', ['x']],
    ['a number', { version: 1 }],
    ['a name with a dot', { 'a.b': 'x' }],
    ['a name of JavaScript’s own', JSON.parse('{"__proto__": "x"}') as object],
    ['a wildcard', { version: '*' }],
    ['too many', Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`p${at}`, 'x']))],
    [
      'too long together',
      Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`p${at}`, 'x'.repeat(120)])),
    ],
  ])('are refused where they are %s', (_, value) => {
    expect(readParameters(value).ok).toBe(false);
  });

  test('are the same where names and values are, not where their text is', () => {
    expect(sameParameters({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true);
    expect(sameParameters({ a: '1, b=2' }, { a: '1', b: '2' })).toBe(false);
    expect(sameParameters({ a: '1' }, { a: '1', b: '2' })).toBe(false);
    expect(sameParameters({ toString: 'x' }, { a: 'x' })).toBe(false);
  });
});
