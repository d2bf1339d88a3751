import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { openFolderStore } from './index.ts';
import type { ArtifactStore } from './index.ts';

const hashOf = (bytes: Uint8Array) => parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(store: ArtifactStore, bytes: Uint8Array): Promise<Uint8Array | null> {
  const found = await store.open(hashOf(bytes));
  return found === null ? null : new Uint8Array(await new Response(found.stream()).arrayBuffer());
}

describe('the folder store', () => {
  let dir: string;
  let store: ArtifactStore;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'countersign-store-'));
    store = openFolderStore({ dir });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const put = (bytes: Uint8Array, more: Partial<Parameters<ArtifactStore['put']>[0]> = {}) =>
    store.put({
      stream: chunks(bytes, 1000),
      expectedSha256: hashOf(bytes),
      sizeBytesMax: 1_000_000,
      sizeBytesExpected: null,
      ...more,
    });

  /** Every file in the store but the folders themselves. */
  const files = async () =>
    (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

  it('gives back exactly the bytes that were put, in whatever pieces they came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.integer({ min: 1, max: 999 }),
        async (bytes, size) => {
          await put(bytes, { stream: chunks(bytes, size), sizeBytesExpected: bytes.length });
          expect(await readAll(store, bytes)).toEqual(bytes);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('says that the second upload of the same bytes made nothing new', async () => {
    const bytes = randomBytes(2500);
    const sha256 = hashOf(bytes);
    expect(await put(bytes)).toEqual({ sha256, sizeBytes: 2500, created: true });
    expect(await put(bytes)).toEqual({ sha256, sizeBytes: 2500, created: false });
  });

  it('finds out the digest of what comes without one, and keeps it under that', async () => {
    const bytes = randomBytes(2500);
    expect(await put(bytes, { expectedSha256: null })).toMatchObject({
      sha256: hashOf(bytes),
      created: true,
    });
    expect(await readAll(store, bytes)).toEqual(new Uint8Array(bytes));
  });

  it('refuses bytes with another digest and keeps nothing', async () => {
    const wrong = hashOf(Buffer.from('other'));
    await expect(put(randomBytes(10), { expectedSha256: wrong })).rejects.toMatchObject({
      code: 'ARTIFACT_DIGEST_MISMATCH',
    });
    expect(await files()).toEqual([]);
  });

  it('accepts exactly the limit and refuses one byte more, keeping nothing', async () => {
    await put(Buffer.alloc(100, 1), { sizeBytesMax: 100 });
    await expect(put(Buffer.alloc(101), { sizeBytesMax: 100 })).rejects.toMatchObject({
      code: 'ARTIFACT_TOO_LARGE',
    });
    expect(await files()).toHaveLength(1);
  });

  it('refuses an announced size over the limit before reading anything', async () => {
    let read = false;
    const stream = (async function* () {
      read = true;
      yield Buffer.alloc(1);
    })();
    await expect(put(Buffer.alloc(1), { stream, sizeBytesExpected: 2_000_000 })).rejects.toMatchObject({
      code: 'ARTIFACT_TOO_LARGE',
    });
    expect(read).toBe(false);
  });

  it('refuses a truncated upload and keeps nothing', async () => {
    await expect(put(randomBytes(10), { sizeBytesExpected: 11 })).rejects.toMatchObject({
      code: 'ARTIFACT_TRUNCATED',
    });
    expect(await files()).toEqual([]);
  });

  it('keeps nothing of a sender that goes away', async () => {
    const stream = (async function* () {
      yield Buffer.alloc(100);
      throw new Error('aborted');
    })();
    await expect(put(Buffer.alloc(200), { stream })).rejects.toMatchObject({ code: 'ARTIFACT_TRUNCATED' });
    expect(await files()).toEqual([]);
  });

  it('says that the disk is full, in words, and keeps nothing', async () => {
    const stream = (async function* () {
      yield Buffer.alloc(1);
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
    })();
    await expect(put(Buffer.alloc(1), { stream })).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(await files()).toEqual([]);
  });

  it('lists what a part of it holds, removes one and says whether it was there', async () => {
    const [one, two] = [randomBytes(10), randomBytes(10)];
    for (const bytes of [one, two]) await put(bytes);
    const listed = async (): Promise<string[]> => {
      const found: string[] = [];
      for (let part = 0; part < 256; part += 1)
        for await (const { sha256 } of store.list(part.toString(16).padStart(2, '0'))) found.push(sha256);
      return found;
    };
    expect(await listed()).toEqual([hashOf(one), hashOf(two)].sort());
    expect([await store.remove(hashOf(one)), await store.remove(hashOf(one))]).toEqual([true, false]);
    expect(await listed()).toEqual([hashOf(two)]);
    await expect(store.list('..')[Symbol.asyncIterator]().next()).rejects.toThrow(RangeError);
  });

  it('removes what was left of an upload a day ago, and nothing that may still come in', async () => {
    await store.checkWritable();
    const day = 24 * 60 * 60;
    for (const [name, age] of [
      ['old', day + 60],
      ['new', day - 60],
    ] as const) {
      await writeFile(join(dir, 'incoming', name), 'half');
      const at = Date.now() / 1000 - age;
      await utimes(join(dir, 'incoming', name), at, at);
    }
    await store.removeAbandoned();
    expect((await files()).map((entry) => entry.name)).toEqual(['new']);
  });

  it('answers null for what is not there', async () => {
    expect(await store.open(hashOf(Buffer.from('nothing')))).toBeNull();
  });

  it('reports a folder it can not use', async () => {
    const broken = openFolderStore({ dir: '/dev/null/store' });
    await expect(broken.checkWritable()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
