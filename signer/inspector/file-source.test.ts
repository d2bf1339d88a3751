/** What the child keeps of files in memory, and for how long. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile as put } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lentChunks, readExactly } from '#core/formats/random-access.ts';
import { digestOfFile, removeLeaf, streamFile, withFile, writeFile, writeLeaf } from './child/file-source.ts';
import { pieceBytesMax } from './piece.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-file-source-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const lent = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    lent.set(piece);
    yield await Promise.resolve(lent.subarray(0, piece.length));
  }
}

const write = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), inPieces(bytes, 1000));
const wholeOf = (name: string) =>
  withFile(join(folder, name), async (source) => Buffer.from(await readExactly(source, 0, source.size)));
const filled = (length: number, value: number) => new Uint8Array(length).fill(value);

test('a small file that is read stays what it is while others are written, and so does the next', async () => {
  await write('outer', filled(5000, 1));
  await withFile(join(folder, 'outer'), async (outer) => {
    await write('inner', filled(5000, 2));
    expect(Buffer.compare(await readExactly(outer, 0, 5000), filled(5000, 1))).toBe(0);
    expect(await wholeOf('inner')).toEqual(Buffer.alloc(5000, 2));
    await write('next', filled(3000, 3));
    expect(Buffer.compare(await readExactly(outer, 0, 5000), filled(5000, 1))).toBe(0);
  });
  for (const [name, value] of [
    ['outer', 1],
    ['inner', 2],
    ['next', 3],
  ] as const) {
    const bytes = await readFile(join(folder, name));
    expect(bytes.every((byte) => byte === value)).toBe(true);
    expect((await wholeOf(name)).equals(bytes)).toBe(true);
  }
});

test('files of any size are read as they were written, in memory or not', async () => {
  for (const size of [0, 1, 999, 4 * 1024 * 1024, 4 * 1024 * 1024 + 1]) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31) & 0xff);
    await write(`size-${size}`, bytes);
    expect(Buffer.compare(await wholeOf(`size-${size}`), bytes)).toBe(0);
    const streamed: Uint8Array[] = [];
    for await (const chunk of streamFile(join(folder, `size-${size}`))) streamed.push(chunk);
    expect(Buffer.compare(Buffer.concat(streamed), bytes)).toBe(0);
  }
});

test('what is read in pieces, on from the last one or anywhere, is what is in the file, whoever writes to them', async () => {
  const bytes = randomBytes(700_000);
  await put(join(folder, 'pieces'), bytes);
  const pieces = fc.array(
    fc.record({
      // null: where the last one ended.
      offset: fc.option(fc.nat({ max: bytes.length })),
      length: fc.oneof(fc.nat({ max: 64 }), fc.nat({ max: 20_000 }), fc.nat({ max: 300_000 })),
    }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(pieces, async (asked) => {
      await withFile(join(folder, 'pieces'), async (source) => {
        let last = 0;
        for (const { offset, length } of asked) {
          const start = offset ?? last;
          const end = Math.min(start + length, bytes.length);
          const read = await readExactly(source, start, end - start);
          expect(bytes.compare(read, 0, read.length, start, end)).toBe(0);
          read.fill(0);
          last = end;
        }
      });
    }),
    { numRuns: 200 },
  );
});

test('the content of a file is known as the same until the file changes', async () => {
  const place = join(folder, 'changing');
  await put(place, filled(2000, 1));
  const contentOf = () => withFile(place, ({ content }) => Promise.resolve(content));
  expect(await contentOf()).toBeUndefined();
  await digestOfFile(place);
  const first = await contentOf();
  expect(first).toBeDefined();
  expect(await contentOf()).toBe(first);
  await put(place, filled(2000, 2));
  expect(await contentOf()).toBeUndefined();
  const { sha256 } = await digestOfFile(place);
  expect(await contentOf()).not.toBe(first);
  const again = await withFile(place, async (source) => {
    const read: Buffer[] = [];
    for await (const chunk of lentChunks(source, 0, source.size)) read.push(Buffer.from(chunk));
    return Buffer.concat(read);
  });
  expect([again.equals(Buffer.alloc(2000, 2)), sha256.length]).toEqual([true, 64]);
});

async function streamed(name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of streamFile(join(folder, name))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('small files that are only read are pieces of one file, and larger ones are files of their own', async () => {
  const leaf = (name: string, bytes: Uint8Array) => writeLeaf(folder, name, inPieces(bytes, 1000));
  const bytesOf = async ({ file }: { readonly file: string }) => [await wholeOf(file), await streamed(file)];
  const written = [];
  for (const [at, size] of [3, 0, pieceBytesMax, pieceBytesMax + 1, 5000].entries())
    written.push({ size, value: at + 1, ...(await leaf(`leaf-${at}`, filled(size, at + 1))) });
  expect(written.map(({ file }) => file)).toEqual([
    'small@0+3',
    'small@3+0',
    `small@3+${pieceBytesMax}`,
    'leaf-3',
    `small@${3 + pieceBytesMax}+5000`,
  ]);
  for (const one of written) {
    const expected = Buffer.alloc(one.size, one.value);
    expect(one.sizeBytes).toBe(one.size);
    expect(one.sha256).toBe(createHash('sha256').update(expected).digest('hex'));
    for (const found of await bytesOf(one)) expect(found.equals(expected), one.file).toBe(true);
  }
  await expect(withFile(join(folder, 'small@999999+5'), (source) => source.read(0, 5))).rejects.toMatchObject(
    {
      code: 'SHORT_READ',
    },
  );
  // What holds pieces stays as long as any of them may be asked for.
  for (const { file } of written) await removeLeaf(join(folder, file));
  expect(await readdir(folder)).not.toContain('leaf-3');
  expect((await wholeOf('small@0+3')).equals(Buffer.alloc(3, 1))).toBe(true);
});

test('a file that is named as a piece is, and lies where there are none, is a file of its own', async () => {
  const other = await mkdtemp(join(tmpdir(), 'countersign-no-pieces-'));
  const file = join(other, 'small@1+2');
  await put(file, 'a file of somebody’s');
  await put(join(other, 'small'), 'another');
  const text = await withFile(file, async (source) => Buffer.from(await source.read(0, source.size)));
  expect(text.toString()).toBe('a file of somebody’s');
  expect((await digestOfFile(file)).sizeBytes).toBe(text.length);
  await rm(other, { recursive: true });
});
