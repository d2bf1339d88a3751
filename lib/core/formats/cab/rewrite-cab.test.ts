import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect } from '../archive/stream.fixture.ts';
import type { ContainerChanges } from '../container.ts';
import { memorySource } from '../random-access.ts';
import { cab, lzxType, mszip, stored, type CabFolderParts } from './cab.fixture.ts';
import { cabContainer } from './container.ts';
import { packLzx, sampleBytes, seeded } from './lzx.fixture.ts';

const budget = () => new UnpackBudget(defaultUnpackLimits);
const noise = randomBytes(80_000);
const text = Buffer.from('To be, or not to be.\n'.repeat(4000));
const sample = sampleBytes(seeded(9), 50_000);
const lzxBytes = Buffer.concat([text, sample]);
const folders: readonly CabFolderParts[] = [
  {
    type: mszip,
    files: [
      { name: 'a', content: text },
      { name: 'sub\\b', content: noise },
      { name: 'empty', content: '' },
    ],
  },
  { type: stored, files: [{ name: 'c', content: noise }] },
  {
    type: lzxType(16),
    files: [
      { name: 'd', content: text },
      { name: 'e', content: sample },
    ],
    blocks: packLzx(lzxBytes, { windowBits: 16, random: seeded(1) }),
  },
];

const unchanged: ContainerChanges = { replace: () => null, added: () => Promise.resolve([]) };

async function rewrite(bytes: Uint8Array, changes: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  return collect(
    cabContainer.rewrite(memorySource(bytes), budget(), {
      ...unchanged,
      replace({ path }) {
        const content = changes[path];
        return content === undefined ? null : { sizeBytes: content.length, content: () => chunks(content) };
      },
    }),
  );
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_007)
    yield await Promise.resolve(bytes.subarray(at, at + 10_007));
}

async function list(bytes: Uint8Array): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  for await (const { path, issues, content } of cabContainer.open(memorySource(bytes), budget())) {
    expect(issues).toEqual([]);
    found[path] = await collect(content);
  }
  return found;
}

const before = { a: text, 'sub/b': noise, empty: Buffer.alloc(0), c: noise, d: text, e: sample };

describe('a cabinet with other content for some files', () => {
  const bytes = cab(folders);
  test('is the same where nothing changes', async () => {
    expect(await rewrite(bytes, {})).toEqual(bytes);
  });

  test.each([
    ['MSZIP', { a: Buffer.from('short') }],
    ['MSZIP, the last of its folder', { 'sub/b': randomBytes(200_001) }],
    ['an empty file', { empty: randomBytes(3) }],
    ['a file that becomes empty', { a: Buffer.alloc(0) }],
    ['stored', { c: randomBytes(65_536) }],
    ['LZX', { d: randomBytes(40_000) }],
    ['several', { a: randomBytes(10), c: Buffer.alloc(0), e: text }],
  ])('%s', async (_what, changes) => {
    const changed = await rewrite(bytes, changes);
    expect(await list(changed)).toEqual({ ...before, ...changes });
    expect(Object.keys(await list(changed))).toEqual(Object.keys(before));
    expect(changed.readUInt32LE(8)).toBe(changed.length);
  });

  test('keeps folders that hold none of them byte for byte, and the method of the others where it can', async () => {
    const changed = await rewrite(bytes, { d: Buffer.from('changed') });
    const [first, second, third] = [36, 44, 52].map((at) => bytes.readUInt32LE(at));
    expect(changed.subarray(first, third)).toEqual(bytes.subarray(first, third));
    expect([36, 44, 52].map((at) => changed.readUInt16LE(at + 6))).toEqual([mszip, stored, mszip]);
    const later = await rewrite(bytes, { a: Buffer.from('changed') });
    expect(later.subarray(later.readUInt32LE(44))).toEqual(bytes.subarray(second));
    expect(later.readUInt16LE(52 + 6)).toBe(lzxType(16));
  });

  test('has folders in the order of their data, whatever the order of their table', async () => {
    const swapped = Buffer.from(bytes);
    swapped.set(bytes.subarray(36, 44), 44);
    swapped.set(bytes.subarray(44, 52), 36);
    // The files of the first folder are now those of the second.
    const files = bytes.readUInt32LE(16);
    for (const [at, folder] of [
      [0, 1],
      [18, 1],
      [40, 1],
      [62, 0],
    ] as const)
      swapped.writeUInt16LE(folder, files + at + 8);
    expect(await list(swapped)).toEqual(before);
    const changed = await rewrite(swapped, { a: Buffer.from('changed') });
    expect(await list(changed)).toEqual({ ...before, a: Buffer.from('changed') });
  });

  test('loses a signature, which is about the cabinet as it was', async () => {
    const reserve = { header: Buffer.from('00001000ffffffff08000000' + '00'.repeat(8), 'hex') };
    const signed = cab(folders, { reserve });
    signed.writeUInt32LE(signed.length, 44);
    const changed = await rewrite(Buffer.concat([signed, Buffer.alloc(8, 1)]), { a: Buffer.from('changed') });
    expect(changed.toString('hex', 36, 60)).toBe('14000000' + '00'.repeat(20));
    expect(await list(changed)).toMatchObject({ a: Buffer.from('changed') });
  });
});

describe('files that share their bytes', () => {
  const shared = cab([
    {
      type: mszip,
      files: [
        { name: 'first', content: 'before' },
        { name: 'a', content: text },
        { name: 'b', content: '', offset: 6, sizeBytes: text.length },
        { name: 'c', content: '', offset: 6, sizeBytes: text.length },
        { name: 'last', content: noise, offset: 6 + text.length },
      ],
    },
  ]);
  const all = { first: Buffer.from('before'), a: text, b: text, c: text, last: noise };
  test('are given out one by one, and stay as they are', async () => {
    expect(await list(shared)).toEqual(all);
    expect(await rewrite(shared, {})).toEqual(shared);
  });
  test('go on to share them where only others change', async () => {
    const changed = await rewrite(shared, { first: Buffer.from('changed') });
    expect(await list(changed)).toEqual({ ...all, first: Buffer.from('changed') });
    expect(changed.length).toBeLessThan(shared.length + 100);
  });
  test.each([[['a']], [['b']], [['a', 'c']], [['a', 'b', 'c']]])(
    'each get bytes of their own where some of them change: %j',
    async (names) => {
      const changes = Object.fromEntries(names.map((name) => [name, Buffer.from(`changed ${name}`)]));
      const changed = await rewrite(shared, changes);
      expect(await list(changed)).toEqual({ ...all, ...changes });
      expect(Object.keys(await list(changed))).toEqual(Object.keys(all));
    },
  );
});

describe('is not packed anew', () => {
  test('where names are unacceptable', async () => {
    const climbing = cab([{ files: [{ name: '..\\a', content: 'x' }] }]);
    await expect(rewrite(climbing, {})).rejects.toMatchObject({ code: 'NAME_TRAVERSAL' });
  });
  test('with content of another size than was said', async () => {
    const lying = cabContainer.rewrite(memorySource(cab(folders)), budget(), {
      ...unchanged,
      replace: ({ path }) =>
        path === 'c' ? { sizeBytes: 5, content: () => chunks(Buffer.from('four')) } : null,
    });
    await expect(collect(lying)).rejects.toMatchObject({ code: 'NOT_REWRITABLE' });
  });
  test('with files that it didn’t have', async () => {
    const added = () => Promise.resolve([{ path: 'a.sig', content: Buffer.from('x') }]);
    const larger = cabContainer.rewrite(memorySource(cab(folders)), budget(), { ...unchanged, added });
    await expect(collect(larger)).rejects.toMatchObject({ code: 'NOT_REWRITABLE' });
  });
});
