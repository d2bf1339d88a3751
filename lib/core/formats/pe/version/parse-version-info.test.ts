import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PeVersionError } from './error.ts';
import { parseVersionInfo } from './parse-version-info.ts';
import { fixedInfo, node, stringNode, tableNode, versionInfo } from './version.fixture.ts';

const parse = (bytes: Uint8Array) =>
  parseVersionInfo(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));

function codeOf(bytes: Uint8Array): string {
  try {
    parse(bytes);
    return 'accepted';
  } catch (error) {
    if (error instanceof PeVersionError) return error.code;
    throw error;
  }
}

const tablesOf = (bytes: Uint8Array) =>
  parse(bytes).tables.map(({ translation, strings }) => [translation, Object.fromEntries(strings)]);

const withTables = (...tables: readonly Uint8Array[]): Uint8Array =>
  node('VS_VERSION_INFO', { children: [node('StringFileInfo', { text: true, children: tables })] });

const withLength = (bytes: Uint8Array, length: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint16(0, length, true);
  return copy;
};

describe('a version resource', () => {
  test('returns the strings of every language and the fixed numbers', () => {
    const bytes = versionInfo({
      '040904B0': { ProductName: 'Widget', ProductVersion: '1.2.0-beta' },
      '040704b0': { ProductName: 'Dings' },
    });
    expect(parse(bytes).fixed).toEqual({ fileVersion: '1.2.3.4', productVersion: '1.2.0.0' });
    expect(tablesOf(bytes)).toEqual([
      ['040904b0', { ProductName: 'Widget', ProductVersion: '1.2.0-beta' }],
      ['040704b0', { ProductName: 'Dings' }],
    ]);
  });

  test('may lack fixed numbers and strings', () => {
    expect(parse(node('VS_VERSION_INFO'))).toEqual({ fixed: null, tables: [] });
  });

  test('ends a value where Windows ends it: at the first NUL', () => {
    expect(
      tablesOf(withTables(tableNode('040904b0', [stringNode('ProductName', 'Widget\0hidden')]))),
    ).toEqual([['040904b0', { ProductName: 'Widget' }]]);
  });

  test('stops at a length of 0, as Windows does', () => {
    const table = tableNode('040904b0', [new Uint8Array(8), stringNode('ProductName', 'hidden')]);
    expect(tablesOf(withTables(table))).toEqual([['040904b0', {}]]);
  });

  test('makes halves of surrogate pairs visible', () => {
    const [[, strings] = []] = tablesOf(
      withTables(tableNode('040904b0', [stringNode('ProductName', 'a\ud800b')])),
    );
    expect(strings).toEqual({ ProductName: 'a\ufffdb' });
  });

  test.each([
    ['one of zero bytes', new Uint8Array(), 'MALFORMED'],
    ['one that is cut in its header', versionInfo({}).subarray(0, 5), 'MALFORMED'],
    ['one that is cut in its contents', versionInfo({ '040904b0': { A: 'b' } }).subarray(0, 80), 'MALFORMED'],
    ['one of another kind', node('VS_OTHER_INFO'), 'MALFORMED'],
    ['one of length 0', withLength(node('VS_VERSION_INFO'), 0), 'MALFORMED'],
    ['one shorter than its header', withLength(node('VS_VERSION_INFO'), 5), 'MALFORMED'],
    ['one whose name has no end', withLength(node('VS_VERSION_INFO'), 12), 'MALFORMED'],
    ['one whose name has no bounds', node('N'.repeat(300)), 'MALFORMED'],
    ['fixed numbers of another length', node('VS_VERSION_INFO', { value: new Uint8Array(48) }), 'MALFORMED'],
    ['fixed numbers that are not there', node('VS_VERSION_INFO', { valueLength: 52 }), 'MALFORMED'],
    [
      'fixed numbers without their signature',
      node('VS_VERSION_INFO', { value: new Uint8Array(52) }),
      'MALFORMED',
    ],
    ['a table without a language', withTables(tableNode('english', [])), 'MALFORMED'],
    [
      'a part longer than what is around it',
      withTables(tableNode('040904b0', [withLength(stringNode('A', 'b'), 0xffff)])),
      'MALFORMED',
    ],
    [
      'a name twice in a table, whatever its case',
      withTables(tableNode('040904b0', [stringNode('ProductName', 'a'), stringNode('PRODUCTNAME', 'b')])),
      'AMBIGUOUS',
    ],
    [
      'more parts than any program needs',
      withTables(
        tableNode(
          '040904b0',
          Array.from({ length: 2100 }, (_, at) => stringNode(String(at), '')),
        ),
      ),
      'TOO_MANY',
    ],
  ])('refuses %s', (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });

  test('reads back any strings that were written', () => {
    const text = fc.stringMatching(/^[A-Za-z0-9 äß✓.]{0,40}$/);
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
    const strings = fc.dictionary(name, text, { maxKeys: 8 });
    fc.assert(
      fc.property(strings, (wanted) => {
        const [[, found] = []] = tablesOf(versionInfo({ '040904b0': wanted }));
        expect(found).toEqual({ ...wanted });
      }),
    );
  });

  test('never fails otherwise than with its own error, whatever the bytes', () => {
    const good = versionInfo(
      { '040904b0': { ProductName: 'Widget', FileVersion: '1' } },
      fixedInfo([1], [2]),
    );
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 12 });
    fc.assert(
      fc.property(changes, fc.nat(good.length), (edits, length) => {
        const bytes = Uint8Array.from(good);
        for (const [at, value] of edits) bytes[at] = value;
        codeOf(bytes);
        codeOf(bytes.subarray(0, length));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        codeOf(bytes);
      }),
    );
  });
});
