import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { cpuTimeOf } from '../../../dev/test/cpu-time.ts';
import { fileSizeBytesMax, formatDiagnostic, parsePolicyFile } from './index.ts';
import { decode, encode, seedWithoutKeys } from './seed.fixture.ts';

const path = 'projects/widget/policies/release-signing.yaml';
/** Far above what is needed, for machines that do other work as well. */
const boundMilliseconds = 4000;
const seed = seedWithoutKeys();
const good = decode(seed.get('projects/esbuild-demo/policies/release-signing.yaml'));

function diagnosticsOf(content: string | Uint8Array, file = path): readonly string[] {
  const parsed = parsePolicyFile({
    path: file,
    bytes: typeof content === 'string' ? encode(content) : content,
  });
  return parsed.ok ? [] : parsed.diagnostics.map(formatDiagnostic);
}

function change(from: string, to: string): string {
  expect(good).toContain(from);
  return good.replace(from, to);
}

/** Refused with exactly one diagnostic, in bounded time. */
function onlyDiagnostic(content: string | Uint8Array): string {
  let found: readonly string[] = [];
  expect(cpuTimeOf(() => (found = diagnosticsOf(content)))).toBeLessThan(boundMilliseconds);
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

describe('what YAML allows and policies do not', () => {
  test.each([
    [
      'a tag',
      change('purpose: release', 'purpose: !!str release'),
      `${path}:3:10: Tag \`!!str\` is not allowed.`,
    ],
    ['a custom tag', change('purpose: release', 'purpose: !run release'), ':3:10: Tag `!run`'],
    ['a directive', `%YAML 1.1\n---\n${good}`, ':1:1: Directive `%YAML 1.1` is not allowed.'],
    ['two documents', `${good}---\n${good}`, ':23:1: A second document starts here.'],
    [
      'a duplicate key',
      change('scan: required', 'scan: required\nscan: required'),
      ':19:1: This key is here twice.',
    ],
    ['a merge key', change('scan: required', 'scan: required\n<<: {a: b}'), ':19:1: Merge keys'],
    [
      '__proto__',
      change('scan: required', 'scan: required\n__proto__: {a: b}'),
      ':19:1: `__proto__` is not allowed',
    ],
    ['constructor', change('quorum: 1', 'constructor: 1'), ':20:3: `constructor` is not allowed'],
    [
      'an escaped __proto__',
      change('scan: required', '"__proto\\x5f_": {}'),
      ':18:1: `__proto__` is not allowed',
    ],
    ['a number as key', change('scan: required', '1: required'), ':18:1: This key is not a text.'],
    ['a list as key', change('scan: required', '[a]: required'), 'This key is not a text.'],
    ['a null key', change('scan: required', '~: required'), ':18:1: This key is not a text.'],
    ['infinity', change('quorum: 1', 'quorum: .inf'), ':20:11: This is not a finite number.'],
    ['an unknown alias', change('quorum: 1', 'quorum: *one'), ':20:11:'],
    [
      'an anchor twice',
      change("id: '900100200'", "id: &a '1'").replace("'900100'", "&a '2'"),
      'Anchor `&a` is here twice.',
    ],
    ['an alias that holds itself', 'a: &a [*a]', 'an alias may not hold itself'],
    ['a tab as indentation', change('  quorum: 1', '\tquorum: 1'), ':20:'],
    [
      'an escaped NUL',
      change('purpose: release', 'purpose: "rele\\0ase"'),
      ':3:10: Character U+0000 is not allowed.',
    ],
    ['half a surrogate', change('purpose: release', 'purpose: "\\ud800"'), ':3:10:'],
  ])('refuses %s', (_, text, expected) => {
    expect(diagnosticsOf(text)[0]).toContain(expected);
  });
});

describe('bytes', () => {
  test('refuses what is not UTF-8, with its place', () => {
    const bytes = encode(good);
    bytes[good.indexOf('required')] = 0xff;
    expect(onlyDiagnostic(bytes)).toContain(`${path}:18:7: The file is not UTF-8.`);
  });

  test.each([
    ['a byte order mark', `\ufeff${good}`, ':1:1: The file starts with a byte order mark.'],
    ['a NUL', `a: b\0`, ':1:5: Character U+0000'],
    ['a lone carriage return', 'a: b\rc: d', ':1:5: Character U+000D'],
    ['text that runs backwards', 'a: b\nc: \u202ed', ':2:4: Character U+202E'],
    ['a line separator', 'a: b\u2028', ':1:5: Character U+2028'],
    ['an empty file', '', ':1:1: The file is empty.'],
    ['only a comment', '# nothing\n', 'The file is empty.'],
    ['a list', '- a\n', 'The file must be a group of keys.'],
  ])('refuses %s', (_, text, expected) => {
    expect(onlyDiagnostic(text)).toContain(expected);
  });
});

describe('hostile files end in bounded time, with file and line', () => {
  const times = (text: string): string => text.repeat(Math.floor(fileSizeBytesMax / text.length));
  const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
  for (let n = 1; n < 10; n += 1) bomb.push(`a${n}: &a${n} [${`*a${n - 1},`.repeat(2)}]`);
  const billion = ['a0: &a0 x'];
  for (let n = 1; n < 10; n += 1) billion.push(`a${n}: &a${n} [${`*a${n - 1},`.repeat(9)}]`);

  test.each([
    ['10 MB', ' '.repeat(10_000_000), ':1:1: The file has 10000000 bytes; at most 262144 are read.'],
    ['an alias bomb', billion.join('\n'), 'More than 20 aliases'],
    ['a small alias bomb', `${bomb.join('\n')}\nb: ${'['.repeat(20)}*a9${']'.repeat(20)}`, ':1:'],
    ['open brackets', times('['), ':1:33: Nested deeper than 32 levels.'],
    ['open braces', times('{'), ':1:33: Nested deeper'],
    ['dashes', times('- '), ':1:129: Nested deeper'],
    ['question marks', times('? '), ':1:129: Nested deeper'],
    [
      '33 levels by indentation',
      Array.from({ length: 40 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
      ':34:',
    ],
    [
      '700 levels by indentation',
      Array.from({ length: 700 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
      'Nested deeper',
    ],
    ['keys', Array.from({ length: 25_000 }, (_, n) => `k${n}: 1`).join('\n'), 'More than 10000 values'],
    ['commas', `a: [${times(',').slice(10)}`, 'More than 10000 values'],
    ['anchors', times('&a '), ':1:61: More than 20 anchors'],
    ['aliases', times('*a '), ':1:61: More than 20 aliases'],
    ['exclamation marks', times('!'), ':1:1: Tag'],
    ['line feeds', times('\n'), ':60001:1: The file goes on too long'],
    ['documents', times('---\n'), ':2:1: A second document starts here.'],
    ['quotes', times('"\\'), ':1:'],
    ['colons', times(': '), ':1:'],
    ['a long plain scalar', times('a'), ':1:1: The file must be a group of keys.'],
  ])('refuses %s', (_, text, expected) => {
    let found: readonly string[] = [];
    expect(cpuTimeOf(() => (found = diagnosticsOf(text)))).toBeLessThan(boundMilliseconds);
    expect(found[0]).toContain(`${path}:`);
    expect(found[0]).toContain(expected);
  });

  test('counts values behind aliases as often as they are used', () => {
    const wide = `a: &a [${'x,'.repeat(3000)}]\nb: &b [*a,*a]\nc: [*b,*b]`;
    expect(onlyDiagnostic(wide)).toContain('More than 10000 values in one file, aliases expanded.');
  });
});

describe('any input', () => {
  const isOrderly = (content: Uint8Array): void => {
    for (const file of seed.keys()) {
      const parsed = parsePolicyFile({ path: file, bytes: content });
      if (parsed.ok) continue;
      expect(parsed.diagnostics.length).toBeGreaterThan(0);
      for (const diagnostic of parsed.diagnostics) {
        expect(diagnostic.file).toBe(file);
        expect(diagnostic.line).toBeGreaterThan(0);
        expect(diagnostic.column).toBeGreaterThan(0);
        expect(diagnostic.message).not.toBe('');
        expect(diagnostic.fix).not.toBe('');
      }
    }
  };

  test('any bytes give a document or diagnostics, never an exception', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), isOrderly), { numRuns: 100 });
  });

  test('so does any YAML-like text', () => {
    const word = fc.constantFrom(
      ...'a:|- |[|]|{|}|,|&a |*a |!t |"|\'|\n|  |#|>\n|? |: |---\n|kind: |1|~|<<: |%Y'.split('|'),
    );
    const text = fc.array(word, { maxLength: 40 }).map((words) => encode(words.join('')));
    fc.assert(fc.property(text, isOrderly), { numRuns: 200 });
  });

  test('so does a good file with one place damaged, and it names a line of the file', () => {
    const lines = good.split('\n').length;
    const damage = fc.record({
      at: fc.nat(good.length - 1),
      cut: fc.nat(8),
      text: fc.string({ unit: 'binary', maxLength: 4 }),
    });
    fc.assert(
      fc.property(damage, ({ at, cut, text }) => {
        const content = encode(good.slice(0, at) + text + good.slice(at + cut));
        const parsed = parsePolicyFile({ path, bytes: content });
        if (parsed.ok) return;
        for (const diagnostic of parsed.diagnostics) expect(diagnostic.line).toBeLessThanOrEqual(lines + 4);
      }),
      { numRuns: 300 },
    );
  });

  test('any JSON value is read as itself or refused', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        isOrderly(encode(json));
      }),
      { numRuns: 100 },
    );
  });
});

describe('duplicate keys', () => {
  test('are all told, wherever they stand, with what else is wrong, in the order of the text', () => {
    const text = change(
      'scan: required',
      'scan: required\nx: {a: 1, a: 2, "a": 3}\n? [{b: 1, b: 2}]\n: 1\nscan: \tno\nx: 1',
    );
    expect(diagnosticsOf(text).map((diagnostic) => /:(\d+:\d+: .{23})/.exec(diagnostic)?.[1])).toEqual([
      '19:11: This key is here twice.',
      '19:17: This key is here twice.',
      '20:11: This key is here twice.',
      '22:1: This key is here twice.',
      '23:1: This key is here twice.',
    ]);
  });

  test('are found without comparing each key with each', () => {
    const keys = 3_000;
    const text = Array.from({ length: keys }, (_, at) => `k${at}: 1\n`).join('');
    // The library asks of the items of a map whether some have the key.
    let compared = 0;
    const some = vi.spyOn(Array.prototype, 'some').mockImplementation(function (
      this: unknown[],
      is: (item: unknown, at: number, all: unknown[]) => unknown,
    ) {
      return (
        this.findIndex((item, at, all) => {
          compared += 1;
          return is(item, at, all);
        }) >= 0
      );
    });
    try {
      expect(diagnosticsOf(`${text}k7: 1\n`)).toEqual([
        expect.stringMatching(`:${keys + 1}:1: This key is here twice`),
      ]);
    } finally {
      some.mockRestore();
    }
    expect(compared).toBeLessThan(10 * keys);
  });
});
