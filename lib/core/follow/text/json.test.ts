import { describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import { FollowError } from '../follow.ts';
import { readJson, type JsonNode } from './json.ts';

function valueOf(node: JsonNode, text: string): unknown {
  if (node.kind === 'list') return node.items.map((item) => valueOf(item, text));
  if (node.kind === 'object')
    return Object.fromEntries([...node.members].map(([key, inner]) => [key, valueOf(inner, text)]));
  const written = text.slice(node.start, node.end);
  expect(JSON.parse(node.kind === 'text' ? `"${written}"` : written)).toEqual(node.value);
  return node.value;
}

describe('JSON', () => {
  test('is read as by everybody, and each value is where it says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.stringify(valueOf(readJson(text), text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test('that others don’t read is refused', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"a"',
      '"',
      ':',
      ',',
      '1',
      '-',
      '0',
      '.5',
      'e1',
      'true',
      'null',
      ' ',
      '\n',
      '\\',
      '\\u12',
      '\t',
      'x',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (!isJson) expect(() => readJson(text)).toThrow(FollowError);
      }),
      { numRuns: 2000 },
    );
  });

  it('of any length is read in one pass', () => {
    const text = JSON.stringify({ a: 'x'.repeat(8 * 1024 * 1024), b: '\n'.repeat(1024 * 1024) });
    expect(valueOf(readJson(text), text)).toEqual(JSON.parse(text));
    expect(() => readJson(`[${'0,'.repeat(1_000_001)}0]`)).toThrow('has more than 1000000 values');
  });

  it.each(['{"a":1,"a":2}', '\ufeff{}', '[1] 2', '['.repeat(100), '', '{"a":"\u0001"}'])(
    '%j is refused',
    (text) => {
      expect(() => readJson(text)).toThrow(FollowError);
    },
  );
});
