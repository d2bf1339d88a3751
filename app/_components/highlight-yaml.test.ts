import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlightYaml, withMarks } from './highlight-yaml.ts';

const joined = (lines: ReturnType<typeof highlightYaml>): string =>
  lines.map((line) => line.map((piece) => piece.text).join('')).join('\n');

describe('highlightYaml', () => {
  it('loses and adds no character, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(joined(highlightYaml(text))).toBe(text);
      }),
    );
    const hostile = `${'['.repeat(20_000)}\n${'{a: '.repeat(5_000)}`;
    expect(joined(highlightYaml(hostile))).toBe(hostile);
  });

  it('distinguishes keys, texts and comments', () => {
    const [line] = highlightYaml("key: 'text' # why");
    expect(line?.map((piece) => piece.classes).filter((classes) => classes !== '')).toEqual([
      expect.stringContaining('tok-propertyName'),
      'tok-punctuation',
      'tok-string',
      'tok-comment',
    ]);
  });

  it('leaves a very long text unhighlighted', () => {
    const long = 'a: b\n'.repeat(20_000);
    expect(highlightYaml(long)[0]).toEqual([{ text: 'a: b', classes: '' }]);
  });
});

describe('withMarks', () => {
  it('splits at the borders of both', () => {
    const pieces = [
      { text: 'quorum', classes: 'key' },
      { text: ': 12', classes: '' },
    ];
    const parts = [
      { text: 'quorum: 1', changed: false },
      { text: '2', changed: true },
    ];
    expect(withMarks(pieces, parts)).toEqual([
      { text: 'quorum', classes: 'key', changed: false },
      { text: ': 1', classes: '', changed: false },
      { text: '2', classes: '', changed: true },
    ]);
  });

  it('keeps text that has no colours', () => {
    expect(withMarks([], [{ text: 'abc', changed: true }])).toEqual([
      { text: 'abc', classes: '', changed: true },
    ]);
  });
});
