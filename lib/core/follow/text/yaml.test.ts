/** What this reader takes, a whole YAML parser reads in the same way. */
import { describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import { parse } from 'yaml';
import { FollowError } from '../follow.ts';
import { readYaml, type YamlNode } from './yaml.ts';

/** Scalars whose value the reader doesn’t know count as whatever the parser reads. */
function agrees(node: YamlNode, value: unknown, text: string): void {
  if (node.kind === 'scalar') {
    if (node.value === null) return;
    expect(text.slice(node.start, node.end)).toBe(node.value);
    expect(value).toBe(node.value);
    return;
  }
  if (node.kind === 'list') {
    expect(value).toHaveLength(node.items.length);
    node.items.forEach((item, at) => {
      agrees(item, (value as readonly unknown[])[at], text);
    });
    return;
  }
  const found = value as Readonly<Record<string, unknown>>;
  expect(Object.keys(found)).toHaveLength(node.members.size);
  for (const [key, inner] of node.members) agrees(inner, found[key], text);
}

function compare(text: string): boolean {
  let node: YamlNode;
  try {
    node = readYaml(text);
  } catch (error) {
    expect(error).toBeInstanceOf(FollowError);
    return false;
  }
  // All scalars as text, which is how they are written.
  agrees(node, parse(text, { schema: 'failsafe', strict: true, uniqueKeys: true }), text);
  return true;
}

describe('YAML', () => {
  it.each([
    'a: 1\n',
    '---\na: b\n',
    '# c\n\na:\n  b: c\n  d:\n    - e\n    - f: g\n      h: i\n',
    'a:\n- b: c\n  d: e\n- f\nz: y\n',
    'a: "b # c"  # d\nb: \'c: d\'\n',
    'a: b#c\nb: http://x/y:z\n',
    'a: >-\n  b\nc: d\n',
    'a: |\n  b\n\n  c\n # comment\nd: e\n',
    'a: |2-\n    b\nc: d\n',
    'a: >-\n\n  b\nc: d\n',
    'a: []\nb: {}\nc:\nd: e\n',
    '- a\n- b\n',
    '-\n  a: b\n- c\n',
    'a: b\r\nc:\r\n  - d\r\n',
    '"a": b\n\'c\': d\n',
    'a: - b\n'.replace('- ', '-'),
    'a: |-\n\n\nb: c\n',
    'a: |-\n  x \nb: c\n',
    'a: >-\n  \tx\nb: c\n',
    'a: |\n  b\n# c\n  # d\ne: f\n'.replace('# c\n  ', ''),
    'a: |\n    b\n  # c\nd: e\n',
  ])('%j is read as by others', (text) => {
    expect(compare(text)).toBe(true);
  });

  it.each([
    'a: &x b\n',
    'a: *x\n',
    'a: !!str b\n',
    'a: b\n  c\n',
    'a: "b\n  c"\n',
    'a: [b, c]\n',
    'a: {b: c}\n',
    'a: b\na: c\n',
    '<<: b\n',
    'a: b\n---\nc: d\n',
    '%YAML 1.2\n---\na: b\n',
    'a: b\n...\n',
    '? a\n: b\n',
    '\ta: b\n',
    'a:\n\tb: c\n',
    'a:\n    b: c\n  d: e\n',
    'a: b: c\n',
    'a: @b\n',
    'a: b\tc\n',
    '- - a\n',
    'a: |\n    b\n  c\nd: e\n',
    'a: |\n     \n  b\n',
    'a: |4\n  b\n',
    `a${' '.repeat(250_000)}`,
    `${'a'.repeat(300)}: b\n`,
    'a:\n  b\n',
    'a: b\u2028c\n',
    '',
    `${'a:\n'.replace('a', ' '.repeat(0) + 'a')}${Array.from({ length: 50 }, (_, at) => `${' '.repeat(at + 1)}a:\n`).join('')}`,
  ])('%j is refused', (text) => {
    expect(() => readYaml(text)).toThrow(FollowError);
  });

  const pieces = [
    'a',
    'b',
    ': ',
    ':',
    '\n',
    '\n  ',
    '\n    ',
    '- ',
    '-',
    ' ',
    '  ',
    '#',
    ' # ',
    '"',
    "'",
    '|',
    '>-',
    '|-',
    '[',
    ']',
    '{}',
    '[]',
    '\t',
    '&',
    '*',
    '!',
    '? ',
    '---',
    '...',
    '\r\n',
    ',',
    '%',
    '\\',
    '1',
    'é',
  ];
  test('of any kind is read as by others, or refused', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
        compare(parts.join(''));
      }),
      { numRuns: 3000 },
    );
  });
});
