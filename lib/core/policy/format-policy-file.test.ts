import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPolicyFile } from './index.ts';
import { readYaml } from './read-yaml.ts';
import { decodeSource } from './source-text.ts';
import { decode, encode, seedWithKeys, seedWithoutKeys } from './seed.fixture.ts';

const path = 'projects/widget/policies/release-signing.yaml';

function formatted(text: string, file = path): string {
  const result = formatPolicyFile({ path: file, bytes: encode(text) });
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  expect(result.changed).toBe(decode(result.bytes) !== text);
  return decode(result.bytes);
}

function valueOf(text: string): unknown {
  const decoded = decodeSource(path, encode(text));
  if (!decoded.ok) throw new Error(decoded.diagnostic.message);
  const read = readYaml(decoded.source);
  if (!read.ok) throw new Error(read.diagnostics[0]?.message);
  return read.content.value;
}

describe('the layout', () => {
  test.each([
    ['brackets', 'a: [ x,   y ]\nb: { c: 1 }\n', 'a: [x, y]\nb: {c: 1}\n'],
    ['quotes', 'a: "x: y"\n', "a: 'x: y'\n"],
    ['indentation', 'a:\n    b:\n        - c\n', 'a:\n  b:\n    - c\n'],
    ['lists', 'a:\n- b\n- c\n', 'a:\n  - b\n  - c\n'],
    ['line ends', 'a: 1\r\nb: 2\r\n', 'a: 1\nb: 2\n'],
    ['the end', 'a: 1\n\n\n', 'a: 1\n'],
    ['no end', 'a: 1', 'a: 1\n'],
    ['empty lines', 'a: 1\n\n\n\nb: 2\n', 'a: 1\n\nb: 2\n'],
    ['comments', '# head\na: 1   # side\n# before b\nb:\n# in b\n- c\n# end\n', null],
  ])('of %s', (_what, text, expected) => {
    const once = formatted(text);
    if (expected !== null) expect(once).toBe(expected);
    expect(formatted(once)).toBe(once);
    for (const comment of text.match(/# .*/g) ?? []) expect(once).toContain(comment);
  });

  test('leaves the seed as it means it, comments and all', () => {
    for (const files of [seedWithoutKeys(), seedWithKeys()]) {
      for (const [file, bytes] of files) {
        if (!file.endsWith('.yaml')) continue;
        const text = decode(bytes);
        const once = formatted(text, file);
        expect(valueOf(once)).toEqual(valueOf(text));
        expect(formatted(once, file)).toBe(once);
      }
    }
  });

  test('doesn’t tear a key apart that is longer than a line', () => {
    const key = `ssh-rsa ${'A'.repeat(500)} somebody at a desk with a very long name`;
    expect(formatted(`approvalKeys:\n- type: ssh\n  publicKey: ${key}\n`)).toContain(`publicKey: ${key}\n`);
  });

  test('refuses what is no YAML, with file and line', () => {
    const result = formatPolicyFile({ path, bytes: encode('a: 1\na: 2\n') });
    expect(result).toMatchObject({ ok: false, diagnostics: [{ file: path, line: 2 }] });
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9 :#'"*&!-]{0,14}[a-z0-9]$/);
const scalar = fc.oneof(
  word.map((one) => JSON.stringify(one)),
  word.map((one) => `'${one.replaceAll("'", "''")}'`),
  fc.integer({ min: -9, max: 99 }).map(String),
  fc.constantFrom(
    'true',
    'null',
    '~',
    'plain',
    '>-\n@  folded text\n@  on lines',
    '|\n@  kept\n@   as it is',
  ),
);
const comment = fc.option(fc.stringMatching(/^[a-z ]{1,12}$/), { nil: null });
const item = fc.tuple(comment, scalar, comment, fc.nat(3));
/** Files of two levels with comments and empty lines everywhere; @ stands for the indentation. */
const file = fc
  .array(fc.tuple(comment, fc.nat(2), fc.array(item, { maxLength: 3 }), fc.boolean()), {
    minLength: 1,
    maxLength: 4,
  })
  .map((groups) =>
    groups
      .map(([head, empty, items, asList], at) => {
        const lines = ['\n'.repeat(empty), head === null ? '' : `# ${head}\n`, `key${at}:`];
        if (items.length === 0) lines.push(' [ ]\n');
        else lines.push('\n');
        items.forEach(([before, text, side, indent], index) => {
          const space = ' '.repeat(items[0]?.[3] === 0 && asList ? 0 : 1 + (items[0]?.[3] ?? 0));
          if (before !== null) lines.push(`${' '.repeat(indent)}# ${before}\n`);
          const block = text.startsWith('>') || text.startsWith('|');
          const value = text.replaceAll('@', space);
          lines.push(`${space}${asList ? '-' : `in${index}:`} ${value}`);
          lines.push(side === null || block ? '\n' : `  # ${side}\n`);
        });
        return lines.join('');
      })
      .join(''),
  );

test('formatting twice is formatting once, and nothing is lost', () => {
  fc.assert(
    fc.property(file, (text) => {
      const bytes = encode(text);
      const result = formatPolicyFile({ path, bytes });
      if (!result.ok) return;
      const once = decode(result.bytes);
      expect(valueOf(once)).toEqual(valueOf(text));
      expect(formatted(once)).toBe(once);
    }),
    { numRuns: 1000 },
  );
});
