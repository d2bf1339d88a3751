import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GitTreeError, parseBlobs, parseTree, parseTreeListing } from './index.ts';
import type { TreeEntry, TreeLimits } from './index.ts';

const limits: TreeLimits = { filesMax: 100, fileSizeBytesMax: 1000, totalSizeBytesMax: 1500 };
const object = 'ab'.repeat(20);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const line = (path: string, mode = '100644', size = '12'): string =>
  `${mode} blob ${object} ${size.padStart(7)}\t${path}\0`;

function codeOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (!(error instanceof GitTreeError)) throw error;
    return error.code;
  }
}

const listed = (text: string, within = limits): string | null =>
  codeOf(() => parseTreeListing(encode(text), within));

describe('a listing of a commit', () => {
  test('returns path, object and size of every file', () => {
    expect(
      parseTreeListing(encode(line('foundation.yaml') + line('people/ä.yaml', '100755')), limits),
    ).toEqual([
      { path: 'foundation.yaml', object, sizeBytes: 12 },
      { path: 'people/ä.yaml', object, sizeBytes: 12 },
    ]);
    expect(parseTreeListing(new Uint8Array(), limits)).toEqual([]);
  });

  test.each([
    ['a symbolic link', line('people/a.yaml', '120000'), 'NOT_A_FILE'],
    ['a submodule', line('vendor', '160000', '-'), 'NOT_A_FILE'],
    ['a path that leaves the repository', line('people/../../x.yaml'), 'PATH_UNSAFE'],
    ['a folder of git itself', line('a/.Git/config'), 'PATH_UNSAFE'],
    ['a backslash', line('people\\a.yaml'), 'PATH_UNSAFE'],
    ['a line feed in a name', line('people/a\n.yaml'), 'PATH_UNSAFE'],
    ['a right-to-left override in a name', line('people/\u202elmay.a'), 'PATH_UNSAFE'],
    ['a large file', line('a.yaml', '100644', '1001'), 'FILE_TOO_LARGE'],
    ['too much in all', line('a.yaml', '100644', '800') + line('b.yaml', '100644', '800'), 'TOO_MANY_BYTES'],
    ['a path twice', line('a.yaml') + line('a.yaml'), 'LISTING_MALFORMED'],
    ['a cut line', line('a.yaml').slice(0, -1), 'LISTING_MALFORMED'],
    ['another format', 'hello\0', 'LISTING_MALFORMED'],
    ['a name of 2000 bytes', line('a'.repeat(2000)), 'PATH_ENCODING'],
  ])('refuses %s', (_, text, code) => {
    expect(listed(text)).toBe(code);
  });

  test('refuses names that are not UTF-8, and says which', () => {
    const bytes = Buffer.concat([encode(line('a.yaml').slice(0, -1)), Buffer.from([0xff, 0x00])]);
    expect(() => parseTreeListing(bytes, limits)).toThrow(/a\.yamlÿ.*not UTF-8/);
  });

  test('refuses one file too many before it reads on', () => {
    expect(listed(line('a.yaml') + line('b.yaml'), { ...limits, filesMax: 1 })).toBe('TOO_MANY_FILES');
  });

  test('answers every input with entries or its own error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        codeOf(() => parseTreeListing(bytes, limits));
      }),
    );
  });
});

describe('contents of blobs', () => {
  const entry = (path: string, bytes: Uint8Array): TreeEntry => ({ path, object, sizeBytes: bytes.length });
  const answer = (bytes: Uint8Array): Uint8Array =>
    Buffer.concat([encode(`${object} blob ${bytes.length}\n`), bytes, encode('\n')]);

  test('are returned byte for byte, whatever they contain', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }), (contents) => {
        const entries = contents.map((bytes, at) => entry(`f${at}`, bytes));
        const files = parseBlobs(Buffer.concat(contents.map(answer)), entries);
        contents.forEach((bytes, at) => {
          expect(Buffer.compare(files.get(`f${at}`) ?? encode('none'), bytes)).toBe(0);
        });
      }),
    );
  });

  test.each([
    ['a missing object', encode(`${object} missing\n`)],
    ['another object', encode(`${'cd'.repeat(20)} blob 1\nx\n`)],
    ['another size', encode(`${object} blob 2\nxx\n`)],
    ['a cut answer', encode(`${object} blob 1\nx`)],
    ['surplus bytes', encode(`${object} blob 1\nx\n\n`)],
    ['nothing', new Uint8Array()],
  ])('refuses %s', (_, bytes) => {
    expect(codeOf(() => parseBlobs(bytes, [entry('a.yaml', encode('x'))]))).toBe('BLOBS_MALFORMED');
  });
});

describe('a tree object', () => {
  const item = (mode: string, name: string, octets = 20): Uint8Array =>
    Buffer.concat([encode(`${mode} ${name}\0`), Buffer.alloc(octets, 0xab)]);
  const all = (...items: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(items));

  test.each([20, 32] as const)('returns name, kind and object of every item (%i octets)', (octets) => {
    const bytes = all(item('100644', 'foundation.yaml', octets), item('40000', 'people', octets));
    const id = 'ab'.repeat(octets);
    expect(parseTree(bytes, octets)).toEqual([
      { name: 'foundation.yaml', isFolder: false, object: id },
      { name: 'people', isFolder: true, object: id },
    ]);
    expect(parseTree(new Uint8Array(), octets)).toEqual([]);
  });

  test.each([
    ['a symbolic link', item('120000', 'a.yaml'), 'NOT_A_FILE'],
    ['a submodule', item('160000', 'vendor'), 'NOT_A_FILE'],
    ['a name with a slash', item('100644', 'a/b'), 'PATH_UNSAFE'],
    ['the folder above', item('40000', '..'), 'PATH_UNSAFE'],
    ['no name', item('100644', ''), 'PATH_UNSAFE'],
    ['an id that is cut off', item('100644', 'a').subarray(0, -1), 'LISTING_MALFORMED'],
    ['no id', encode('100644 a'), 'LISTING_MALFORMED'],
    ['no mode', encode('a\0'), 'LISTING_MALFORMED'],
  ])('with %s is refused', (_what, bytes, code) => {
    expect(codeOf(() => parseTree(bytes, 20))).toBe(code);
  });
});
