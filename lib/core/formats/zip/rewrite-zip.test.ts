import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect, pieces } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { readZipEnd, withDirectory } from './end-record.ts';
import { openZipEntry, readZip, rewriteZip } from './index.ts';
import { zip, type ZipPart } from './zip.fixture.ts';

const budget = () => new UnpackBudget(defaultUnpackLimits);

function rewrite(bytes: Uint8Array, replaced: Readonly<Record<string, Uint8Array>> = {}) {
  return collect(
    rewriteZip(memorySource(bytes), budget(), {
      replace({ path }) {
        const content = replaced[path];
        return Promise.resolve(content === undefined ? null : () => pieces(content, 1000));
      },
    }),
  );
}

async function read(bytes: Uint8Array) {
  const source = memorySource(bytes);
  const { entries } = await readZip(source, budget());
  return Promise.all(
    entries.map(async (entry) => ({
      path: entry.path,
      method: entry.method,
      content: (await collect(openZipEntry(source, entry, defaultUnpackLimits))).toString('latin1'),
    })),
  );
}

const part: fc.Arbitrary<ZipPart> = fc
  .record(
    {
      // No letters alone: `con`, `nul`, `aux` and `prn` are devices of Windows, which are refused.
      name: fc.stringMatching(/^[a-z]{0,7}-(\/[a-z]{0,7}-){0,3}$/),
      content: fc.uint8Array({ maxLength: 500 }),
      method: fc.constantFrom(0, 8),
      comment: fc.string({ maxLength: 10 }),
      descriptor: fc.record({ signature: fc.boolean(), wide: fc.boolean() }),
      zip64: fc.boolean(),
    },
    { requiredKeys: ['name', 'content'] },
  )
  // What is refused: stored content whose size comes after it, and a descriptor of another width than zip64 says.
  .map(({ descriptor, ...part }) =>
    part.method === 0 || descriptor === undefined
      ? part
      : { ...part, descriptor: { ...descriptor, wide: part.zip64 === true } },
  );

describe('rewriting zip', () => {
  test('returns the same bytes if nothing is replaced', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 6 }),
        fc.boolean(),
        fc.string(),
        async (parts, zip64, comment) => {
          const bytes = zip(parts, { zip64, comment });
          expect((await rewrite(bytes)).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  const changed = 'signed '.repeat(500);
  test.each<[string, Partial<ZipPart>]>([
    ['deflated', {}],
    ['stored', { method: 0 }],
    ['with a descriptor', { descriptor: { signature: true, wide: false } }],
    ['with zip64 sizes', { zip64: true }],
    ['with zip64 sizes and a descriptor', { zip64: true, descriptor: { signature: true, wide: true } }],
    [
      'with zip64 sizes and a descriptor without signature',
      { zip64: true, descriptor: { signature: false, wide: true } },
    ],
    [
      'with extra fields and a comment',
      { localExtra: Buffer.from([0x55, 0x54, 2, 0, 1, 2]), comment: 'kept' },
    ],
  ])('writes what a zip program would have written for an entry %s', async (_title, options) => {
    const archive = (content: string) =>
      zip(
        [
          { name: 'a', content: 'first' },
          { name: 'b', content, ...options },
          { name: 'c', content: 'last', method: 0 },
        ],
        {
          comment: 'kept',
          zip64: options.zip64 === true,
        },
      );
    const rewritten = await rewrite(archive('short'), { b: Buffer.from(changed) });
    expect((await read(rewritten)).map(({ path, content }) => [path, content])).toEqual([
      ['a', 'first'],
      ['b', changed],
      ['c', 'last'],
    ]);
    // All levels give the same bytes for content as simple as this.
    expect(rewritten.equals(archive(changed))).toBe(true);
  });

  test('keeps file order and directory order if they differ', async () => {
    const archive = (content: string) =>
      zip(
        [
          { name: 'a', content },
          { name: 'b', content: 'second' },
        ],
        { order: [1, 0] },
      );
    expect((await rewrite(archive('old'), { a: Buffer.from(changed) })).equals(archive(changed))).toBe(true);
  });

  test.each([
    ['normal', 0, 6],
    ['maximum', 2, 9],
    ['fast', 4, 3],
    ['super fast', 6, 1],
  ])('packs a new content as the entry says that it was packed: %s', async (_name, flags, level) => {
    const content = await readFile(process.execPath).then((bytes) => bytes.subarray(0, 300_000));
    const archive = zip([{ name: 'a', content: 'old', flags }]);
    const rewritten = await rewrite(archive, { a: content });
    const packed = deflateRawSync(content, { level });
    expect(rewritten.includes(packed)).toBe(true);
    expect(rewritten.length).toBeLessThan(packed.length + 200);
  });

  const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text));
  const three = (zip64: boolean) =>
    zip([{ name: 'a' }, { name: 'b', content: 'second' }, { name: 'c', content: 'third' }], {
      zip64,
      comment: 'kept',
    });

  test.each([false, true])('adds entries in front, behind one and at the end; zip64: %s', async (zip64) => {
    const bytes = three(zip64);
    const rewritten = await collect(
      rewriteZip(memorySource(bytes), budget(), {
        first: [{ path: 'META-INF/MANIFEST.MF', content: bytesOf('first') }],
        after: (entry) =>
          entry.path === 'b' ? [{ path: 'b.größe', content: bytesOf('beside'), like: entry }] : [],
        last: [{ path: 'end', content: bytesOf('') }],
      }),
    );
    const found = await read(rewritten);
    expect(found.map(({ path }) => path)).toEqual(['META-INF/MANIFEST.MF', 'a', 'b', 'b.größe', 'c', 'end']);
    expect(found.map(({ content }) => content)).toEqual(['first', '', 'second', 'beside', 'third', '']);
    const undone = await collect(
      rewriteZip(memorySource(rewritten), budget(), {
        omit: ({ path }) => !['a', 'b', 'c'].includes(path),
      }),
    );
    expect(undone.equals(bytes)).toBe(true);
  });

  test('packs an entry twice that is too large to be kept, with the same bytes', async () => {
    const large = randomBytes(17 * 1024 * 1024);
    let opened = 0;
    const rewritten = await collect(
      rewriteZip(memorySource(three(false)), budget(), {
        replace: ({ path }) => {
          const content = path === 'b' ? large : bytesOf('short');
          const open = () => {
            opened += path === 'b' ? 1 : 100;
            return pieces(content, 1_000_000);
          };
          return Promise.resolve(path === 'a' ? null : open);
        },
      }),
    );
    const [a, b, c] = await read(rewritten);
    expect([a?.content, c?.content]).toEqual(['', 'short']);
    expect(b?.content === large.toString('latin1')).toBe(true);
    // Once for what is kept, which counts a hundred.
    expect(opened).toBe(102);
  });

  test('refuses the entry that only zip64 could count', async () => {
    const where = { centralBytes: 46, centralOffset: 30 };
    const end = await readZipEnd(memorySource(three(false)));
    expect(() => withDirectory(end, { ...where, entryCount: 0xffff })).toThrow(
      expect.objectContaining({ code: 'NOT_REWRITABLE' }) as Error,
    );
    const end64 = await readZipEnd(memorySource(three(true)));
    expect(withDirectory(end64, { ...where, entryCount: 3 })).toHaveLength(end64.bytes.length);
  });

  test('refuses an archive with a refused entry or hidden bytes', async () => {
    await expect(rewrite(zip([{ name: 'a', flags: 1 }]))).rejects.toMatchObject({ code: 'ENCRYPTED' });
    await expect(rewrite(zip([{ name: 'a', gap: Buffer.from('x') }]))).rejects.toMatchObject({
      code: 'HIDDEN_DATA',
    });
  });
});
