import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ArchiveError, UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { cab, lzxType, mszip, stored, type CabFolderParts, type CabOptions } from './cab.fixture.ts';
import { openCab } from './index.ts';

const budget = () => new UnpackBudget(defaultUnpackLimits);

async function read(bytes: Uint8Array, options: { readonly isPart?: boolean } = {}) {
  const files: { readonly path: string; readonly content: Buffer; readonly issues: string[] }[] = [];
  for await (const { path, issues, content } of openCab(memorySource(bytes), budget(), options))
    files.push({ path, content: await collect(content), issues: issues.map(({ code }) => code) });
  return files;
}

const refused = async (bytes: Uint8Array, code: string, message: RegExp) =>
  expect(read(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });

const text = Buffer.from('All work and no play makes Jack a dull boy.\n'.repeat(3000));
const noise = randomBytes(70_001);
const folders: readonly CabFolderParts[] = [
  {
    type: mszip,
    files: [
      { name: 'a.txt', content: text },
      { name: 'sub\\b.bin', content: noise },
    ],
  },
  {
    type: stored,
    files: [
      { name: 'c.bin', content: noise },
      { name: 'empty', content: '' },
    ],
  },
];
const one = (options: CabOptions = {}, folder: Partial<CabFolderParts> = {}): Buffer =>
  cab([{ files: [{ name: 'a', content: 'content' }], ...folder }], options);
const changed = (bytes: Buffer, at: number, ...values: readonly number[]): Buffer => {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
};

describe('a cabinet', () => {
  test('gives its files, folder by folder, with the history that MSZIP keeps', async () => {
    const files = await read(cab(folders));
    expect(files.map(({ path, issues }) => [path, issues])).toEqual([
      ['a.txt', []],
      ['sub/b.bin', []],
      ['c.bin', []],
      ['empty', []],
    ]);
    expect(files.map(({ content }) => content)).toEqual([text, noise, noise, Buffer.alloc(0)]);
  });

  test('gives the next file to whoever read only the beginning of one', async () => {
    const seen: Buffer[] = [];
    let index = 0;
    for await (const { content } of openCab(memorySource(cab(folders)), budget())) {
      if (index === 0) for await (const chunk of content) if (chunk.length > 0) break;
      if (index === 1) seen.push(await collect(content));
      index += 1;
    }
    expect(seen).toEqual([noise]);
  });

  test('may have reserved areas that hold nothing, and no checksums', async () => {
    const reserve = { header: Buffer.alloc(6144), folder: Buffer.alloc(3), data: Buffer.alloc(5) };
    expect(await read(cab(folders, { reserve, unchecked: true }))).toHaveLength(4);
  });

  test('may hold equal files once, as WiX writes them', async () => {
    const parts = [
      { name: 'a', content: 'same' },
      { name: 'b', content: '', offset: 0, sizeBytes: 4 },
    ];
    const entries = [];
    for await (const entry of openCab(memorySource(cab([{ files: parts }])), budget())) entries.push(entry);
    expect(entries.map(({ path, aliases }) => [path, ...aliases.map((alias) => alias.path)])).toEqual([
      ['a', 'b'],
    ]);
  });

  test('inside a program may be followed by anything', async () => {
    const bytes = Buffer.concat([one(), Buffer.from('more')]);
    expect(await read(bytes, { isPart: true })).toHaveLength(1);
    await refused(bytes, 'TRAILING_DATA', /other bytes follow/);
  });
});

describe('what is wrong with a name is an issue of the file', () => {
  const issuesOf = async (...names: readonly (string | Buffer)[]) =>
    (await read(cab([{ files: names.map((name) => ({ name, content: 'x' })) }]))).map(({ issues }) => issues);
  test.each([
    ['..\\up', 'NAME_TRAVERSAL'],
    ['\\root', 'NAME_ABSOLUTE'],
    ['C:x', 'NAME_ABSOLUTE'],
    ['a\\\\b', 'AMBIGUOUS'],
    ['folder\\', 'AMBIGUOUS'],
    ['a/b\\c', 'AMBIGUOUS'],
    ['con.txt', 'NAME_WINDOWS'],
    [Buffer.from('na\xefve', 'latin1'), 'NAME_ENCODING'],
    ['naïve', 'NAME_ENCODING'],
  ])('the name %s', async (name, code) => {
    expect(await issuesOf(name)).toEqual([expect.arrayContaining([code])]);
  });
  test('names may be UTF-8 where the file says so, and have either separator', async () => {
    const files = await read(cab([{ files: [{ name: 'naïve/x', content: 'x', attributes: 0x80 }] }]));
    expect(files).toMatchObject([{ path: 'naïve/x', issues: [] }]);
  });
  test('two of one name, or that differ in case', async () => {
    expect(await issuesOf('a', 'a')).toEqual([[], ['DUPLICATE_NAME']]);
    expect(await issuesOf('a', 'A')).toEqual([[], ['CASE_COLLISION']]);
  });
});

describe('is refused', () => {
  const files = [{ name: 'a', content: 'content' }];
  const dataAt = 36 + 8 + 16 + 2;
  test.each<[string, Buffer, string, RegExp]>([
    ['without its mark', changed(one(), 0, 0x4e), 'WRONG_FORMAT', /MSCF/],
    ['with a reserved field', changed(one(), 4, 1), 'BAD_HEADER', /reserved/],
    ['with a reserved field', changed(one(), 12, 1), 'BAD_HEADER', /reserved/],
    ['with a reserved field', changed(one(), 20, 1), 'BAD_HEADER', /reserved/],
    ['of another version', changed(one(), 24, 4), 'UNSUPPORTED', /version 1\.4/],
    ['with a cabinet before it', changed(one(), 30, 1), 'UNSUPPORTED', /one of several/],
    ['with a cabinet after it', changed(one(), 30, 2), 'UNSUPPORTED', /one of several/],
    ['as the second of a set', changed(one(), 34, 1), 'UNSUPPORTED', /one of several/],
    ['with unknown flags', changed(one(), 30, 8), 'UNSUPPORTED', /flags/],
    ['longer than the file', changed(one(), 8, 0xff), 'TRUNCATED', /too early/],
    ['with too large an area', changed(one({ reserve: {} }), 36, 0x61, 0xea), 'BAD_HEADER', /60000/],
    [
      'with data in an area',
      one({ reserve: { header: Buffer.from('data') } }),
      'UNSUPPORTED',
      /only its own program/,
    ],
    [
      'with data of a folder',
      one({ reserve: { folder: Buffer.from('data') } }),
      'UNSUPPORTED',
      /for a folder/,
    ],
    ['with data of a block', one({ reserve: { data: Buffer.from('data') } }), 'UNSUPPORTED', /for a block/],
    ['with files before folders', changed(one(), 16, 40), 'OVERLAP', /elsewhere/],
    ['with bytes before its files', changed(one(), 16, 48), 'HIDDEN_DATA', /elsewhere/],
    ['with too many folders', changed(one(), 26, 0xff), 'BAD_HEADER', /more folders/],
    ['with fewer files than it lists', changed(one(), 28, 2), 'BAD_HEADER', /damaged list/],
    ['with bytes behind its files', changed(one(), 28, 0), 'HIDDEN_DATA', /between its files and their data/],
    [
      'with bytes between files and data',
      changed(
        cab([
          {
            files: [
              { name: 'a', content: 'x' },
              { name: 'b', content: 'y' },
            ],
          },
        ]),
        28,
        1,
      ),
      'HIDDEN_DATA',
      /between its files and their data/,
    ],
    [
      'with a name that is too long',
      cab([
        {
          files: [
            { name: 'x'.repeat(256), content: 'x' },
            { name: 'y', content: 'y' },
          ],
        },
      ]),
      'BAD_HEADER',
      /damaged list/,
    ],
    [
      'compressed by Quantum',
      one({}, { type: 0x1472, blocks: [{ packed: Buffer.from('x'), unpackedBytes: 7 }] }),
      'UNSUPPORTED',
      /Quantum/,
    ],
    ['compressed by who knows what', one({}, { type: 4, blocks: [] }), 'UNSUPPORTED', /\(4\)/],
    [
      'with an LZX window that there isn’t',
      one({}, { type: lzxType(22), blocks: [] }),
      'UNSUPPORTED',
      /isn’t known/,
    ],
    [
      'with folders that share data',
      changed(
        cab([{ files }, { files: [], bytes: Buffer.from('x') }]),
        44,
        ...cab([{ files }, { files: [], bytes: Buffer.from('x') }]).subarray(36, 40),
      ),
      'OVERLAP',
      /share their data/,
    ],
    ['with data before its files', changed(one(), 36, 50), 'BAD_HEADER', /damaged list/],
    ['with data in its header', changed(one(), 36, 10), 'BAD_HEADER', /outside of it/],
    [
      'with bytes behind a folder',
      one({ gap: Buffer.from('x') }),
      'HIDDEN_DATA',
      /behind the data of a folder/,
    ],
    [
      'with a file of no folder',
      cab([{ files: [{ name: 'a', content: 'x', folder: 1 }] }]),
      'BAD_HEADER',
      /in a folder/,
    ],
    [
      'with a file from another cabinet',
      cab([{ files: [{ name: 'a', content: 'x', folder: 0xfffd }] }]),
      'UNSUPPORTED',
      /another cabinet/,
    ],
    [
      'with files that overlap',
      cab([
        {
          files: [
            { name: 'a', content: 'xyz' },
            { name: 'b', content: 'x', offset: 2 },
          ],
        },
      ]),
      'OVERLAP',
      /share bytes/,
    ],
    [
      'with bytes between files',
      cab([
        {
          files: [
            { name: 'a', content: 'xyz' },
            { name: 'b', content: 'x', offset: 4 },
          ],
        },
      ]),
      'HIDDEN_DATA',
      /between its files/,
    ],
    [
      'with bytes behind its last file',
      one({}, { bytes: Buffer.from('content and more') }),
      'HIDDEN_DATA',
      /behind the last file/,
    ],
    ['with a file beyond its folder', one({}, { bytes: Buffer.from('conten') }), 'TRUNCATED', /too early/],
    [
      'with a file far beyond its folder',
      cab([{ files: [{ name: 'a', content: 'x', sizeBytes: 40_000 }] }]),
      'BAD_HEADER',
      /longer than its folder/,
    ],
    ['with a wrong checksum', changed(one(), dataAt + 8, 0), 'BAD_CHECKSUM', /checksum/],
    [
      'with a block that is cut off',
      cab([
        {
          files: [{ name: 'a', content: Buffer.alloc(40_000) }],
          blocks: [{ packed: Buffer.alloc(32_768), unpackedBytes: 32_768 }],
          blockCount: 2,
        },
      ]),
      'BAD_HEADER',
      /cut off/,
    ],
    [
      'with a block that goes on elsewhere',
      one({}, { blocks: [{ packed: Buffer.from('x'), unpackedBytes: 0 }] }),
      'UNSUPPORTED',
      /another cabinet/,
    ],
    [
      'with a block that is too large',
      one({}, { blocks: [{ packed: Buffer.from('x'), unpackedBytes: 32_769 }] }),
      'BAD_HEADER',
      /larger than/,
    ],
    [
      'with a block that isn’t full',
      one(
        {},
        {
          blocks: [
            { packed: Buffer.from('x'), unpackedBytes: 1 },
            { packed: Buffer.from('x'), unpackedBytes: 1 },
          ],
        },
      ),
      'BAD_HEADER',
      /isn’t full/,
    ],
    [
      'with a stored block of two sizes',
      one({}, { blocks: [{ packed: Buffer.from('contents'), unpackedBytes: 7 }] }),
      'BAD_HEADER',
      /sizes differ/,
    ],
    [
      'with MSZIP that isn’t',
      one({}, { type: mszip, blocks: [{ packed: Buffer.from('KC..'), unpackedBytes: 7 }] }),
      'BAD_CHECKSUM',
      /unpacked/,
    ],
    [
      'with a damaged stream',
      one({}, { type: mszip, blocks: [{ packed: Buffer.from('CK\xff\xff', 'latin1'), unpackedBytes: 7 }] }),
      'BAD_CHECKSUM',
      /unpacked/,
    ],
  ])('%s', async (_what, bytes, code, message) => {
    await refused(bytes, code, message);
  });

  test('with bytes behind a compressed block, or another number of them', async () => {
    const [block] = [{ packed: Buffer.from('434b4bcecf2b49cd2b0100', 'hex'), unpackedBytes: 7 }];
    const make = (more: string, unpackedBytes = 7) =>
      one(
        {},
        {
          type: mszip,
          blocks: [{ packed: Buffer.concat([block.packed, Buffer.from(more)]), unpackedBytes }],
        },
      );
    expect(await read(make(''))).toMatchObject([{ content: Buffer.from('content') }]);
    await refused(make('x'), 'HIDDEN_DATA', /behind the compressed stream/);
    await refused(make('', 6), 'BAD_CHECKSUM', /unpacked/);
    await refused(make('', 8), 'BAD_CHECKSUM', /unpacked/);
  });

  test('a bomb, before it has grown', async () => {
    const limits = { ...defaultUnpackLimits, ratioFloorBytes: 100_000 };
    const bomb = cab([{ type: mszip, files: [{ name: 'a', content: Buffer.alloc(3_000_000) }] }]);
    const unpack = async () => {
      for await (const { content } of openCab(memorySource(bomb), new UnpackBudget(limits)))
        await collect(content);
    };
    await expect(unpack()).rejects.toMatchObject({ code: 'LIMIT_RATIO' });
  });

  test('cut off anywhere', async () => {
    const bytes = cab([
      { type: mszip, files: [{ name: 'a', content: 'content' }] },
      { files: [{ name: 'b', content: 'other' }] },
    ]);
    for (let size = 0; size < bytes.length; size += 1)
      await expect(read(bytes.subarray(0, size)), `${size}`).rejects.toBeInstanceOf(ArchiveError);
  });
});
