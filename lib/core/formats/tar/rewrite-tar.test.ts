import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect, pieces } from '../archive/stream.fixture.ts';
import { readTar, rewriteTar } from './index.ts';
import { paxRecord, tar, tarPart, type TarPart } from './tar.fixture.ts';

const budget = () => new UnpackBudget(defaultUnpackLimits);

function rewrite(bytes: Uint8Array, replaced: Readonly<Record<string, Uint8Array>> = {}) {
  return collect(
    rewriteTar(pieces(bytes, 300), budget(), {
      replace(entry) {
        const content = replaced[entry.path];
        return content === undefined ? null : { sizeBytes: content.length, content: pieces(content, 100) };
      },
    }),
  );
}

/** With a file of this name behind each that is named `a`. */
function withNew(bytes: Uint8Array, path: string, content: string) {
  return collect(
    rewriteTar(pieces(bytes, 300), budget(), {
      replace: () => null,
      added: (entry) => Promise.resolve(entry.path === 'a' ? [{ path, content: Buffer.from(content) }] : []),
    }),
  );
}

// No letters alone: `con`, `nul`, `aux` and `prn` are devices of Windows, which are refused.
const name = fc.stringMatching(/^[a-z]{0,7}-(\/[a-z]{0,7}-){0,3}$/);
const part: fc.Arbitrary<TarPart> = fc.record({ name, content: fc.uint8Array({ maxLength: 1500 }) });

test('returns the same bytes if nothing is replaced', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.nat(5), async (parts, blocks) => {
      const bytes = Buffer.concat([tar(...parts), Buffer.alloc(512 * blocks)]);
      expect((await rewrite(bytes)).equals(bytes)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('changes size, checksum and content of the replaced entry, and nothing else', async () => {
  const parts = (content: string) =>
    tar({ name: 'a', content: 'x' }, { name: 'b', content }, { name: 'c', content: 'z' });
  for (const length of [0, 1, 511, 512, 513, 5000]) {
    const changed = 'n'.repeat(length);
    expect((await rewrite(parts('old'), { b: Buffer.from(changed) })).equals(parts(changed))).toBe(true);
  }
});

test('keeps the style in which numbers are written', async () => {
  const style = (size: string): TarPart => ({
    name: 'a',
    change: (header) => header.write(size, 124, 'latin1'),
  });
  const rewritten = async (size: string, content: string) => {
    const source = Buffer.concat([tar({ ...style(size), content: 'x'.repeat(8) })]);
    return (await rewrite(source, { a: Buffer.from(content) })).subarray(124, 136).toString('latin1');
  };
  expect(await rewritten('0000000010 \0', 'x'.repeat(64))).toBe('0000000100 \0');
  expect(await rewritten('         10 ', 'x'.repeat(64))).toBe('        100 ');
  expect(await rewritten('10\0\0\0\0\0\0\0\0\0\0', 'x'.repeat(64))).toBe('00000000100\0');
  const base256 = `\x80${'\0'.repeat(10)}\x08`;
  expect(await rewritten(base256, 'x'.repeat(64))).toBe(`\x80${'\0'.repeat(10)}\x40`);
});

test('changes the pax size if there is one, and keeps the other records', async () => {
  const source = (content: string) =>
    tar(
      tarPart({
        name: 'x',
        typeflag: 'x',
        content:
          paxRecord('mtime', '1.25') + paxRecord('size', String(content.length)) + paxRecord('path', 'p'),
      }),
      { name: 'a', content },
    );
  const rewritten = await rewrite(source('x'.repeat(9)), { p: Buffer.from('y'.repeat(1000)) });
  expect(rewritten.equals(source('y'.repeat(1000)))).toBe(true);
});

test('puts a new file behind another one, with its header but for name, size and checksum', async () => {
  const [before, after] = [
    { name: 'a', content: 'x' },
    { name: 'c', content: 'z' },
  ];
  const short = await withNew(tar(before, after), 'a.p7s', 'new');
  expect(short.equals(tar(before, { name: 'a.p7s', content: 'new' }, after))).toBe(true);
  const prefix = `${'p'.repeat(60)}/${'q'.repeat(40)}`;
  const split = await withNew(tar(before, after), `${prefix}/${'n'.repeat(99)}`, 'new');
  const inPrefix = tar(before, { name: 'n'.repeat(99), prefix, content: 'new' }, after);
  expect(split.equals(inPrefix)).toBe(true);
  const dotted = await withNew(tar({ ...before, name: './a' }), 'a.p7s', 'new');
  expect(dotted.equals(tar({ ...before, name: './a' }, { name: './a.p7s', content: 'new' }))).toBe(true);
});

test('gives a new file a pax header where its name is too long for the other one, in GNU’s dialect too', async () => {
  const path = `folder/${'ä'.repeat(80)}.p7s`;
  for (const magic of ['ustar\x0000', 'ustar  \0']) {
    const rewritten = await withNew(tar({ name: 'a', magic, content: 'x' }), path, 'new');
    const found = [];
    for await (const record of readTar(pieces(rewritten), budget()))
      if (record.kind === 'entry') found.push([record.path, record.issues.length, record.extensions.length]);
    expect(found).toEqual([
      ['a', 0, 0],
      [path, 0, 1],
    ]);
  }
});

test('refuses an archive with a refused entry or a damaged one', async () => {
  await expect(rewrite(tar({ name: 'a', typeflag: '2' }))).rejects.toMatchObject({ code: 'LINK' });
  await expect(rewrite(tarPart({ name: 'a' }))).rejects.toMatchObject({ code: 'TRUNCATED' });
});

test('writes what readTar accepts', async () => {
  const rewritten = await rewrite(tar({ name: 'a', content: 'x' }), { a: Buffer.alloc(70_000, 1) });
  const sizes = [];
  for await (const record of readTar(pieces(rewritten), budget())) {
    if (record.kind === 'entry') sizes.push([record.path, record.sizeBytes]);
  }
  expect(sizes).toEqual([['a', 70_000]]);
});
