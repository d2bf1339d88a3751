/** What every implementation of the port has to keep. `open` gives an empty store, and what no implementation should let happen. */
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import type { ObjectStore, PutRequest } from './index.ts';

export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** Another program's view of the same store. */
  again(): ObjectStore;
  /** Reading all of an object compares it with its name. */
  readonly comparesOnReading: boolean;
  /** What the store keeps besides its objects: what a put that failed leaves behind. */
  leftovers(): Promise<number>;
  /** Somebody else, who may write there, puts these bytes under that name. */
  overwrite(sha256: Sha256Hex, bytes: Uint8Array): Promise<void>;
  /** Makes what a put that was cut off `seconds` ago leaves behind. */
  abandon(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export const hashOf = (bytes: Uint8Array | string): Sha256Hex =>
  parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));

export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

export const putOf = (bytes: Uint8Array, more: Partial<PutRequest> = {}): PutRequest => ({
  bytes: inChunks(bytes, 1000),
  expectedSha256: hashOf(bytes),
  sizeBytesMax: 1_000_000,
  sizeBytesExpected: null,
  ...more,
});

export async function readAll(store: Pick<ObjectStore, 'open'>, sha256: Sha256Hex): Promise<Buffer | null> {
  const found = await store.open(sha256);
  if (found === null) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of found.bytes()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function keepsTheContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the contract of object stores`, () => {
    let world: StoreUnderTest;
    let store: ObjectStore;
    beforeEach(async () => {
      world = await open();
      ({ store } = world);
    });
    afterEach(() => world.close());

    const listed = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      const listPart = async (part: number): Promise<void> => {
        const prefix = part.toString(16).padStart(2, '0');
        for await (const one of store.list(prefix)) found.push(one.sha256);
      };
      // A server takes its time for each.
      for (let part = 0; part < 256; part += 16)
        await Promise.all(Array.from({ length: 16 }, (_, more) => listPart(part + more)));
      return found.sort();
    };
    const keepsNothing = async (): Promise<void> => {
      expect(await listed()).toEqual([]);
      expect(await world.leftovers()).toBe(0);
    };

    it('returns exactly the bytes that were put, however they were chunked', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ maxLength: 5000 }),
          fc.integer({ min: 1, max: 999 }),
          async (bytes, size) => {
            await store.put(putOf(bytes, { bytes: inChunks(bytes, size), sizeBytesExpected: bytes.length }));
            expect(await readAll(world.again(), hashOf(bytes))).toEqual(Buffer.from(bytes));
          },
        ),
        { numRuns: 25 },
      );
    });

    it('returns objects larger than its read size, and closes the file when the reader stops', async () => {
      const bytes = randomBytes(3 * 1024 * 1024 + 7);
      await store.put(putOf(bytes, { sizeBytesMax: bytes.length }));
      expect((await readAll(store, hashOf(bytes)))?.equals(bytes)).toBe(true);
      const found = await store.open(hashOf(bytes));
      for await (const chunk of found?.bytes() ?? []) {
        expect(chunk.byteLength).toBeGreaterThan(0);
        break;
      }
    });

    it('says an object’s size and when it was put, and null for one that doesn’t exist', async () => {
      const bytes = randomBytes(2500);
      await store.put(putOf(bytes));
      const facts = await store.stat(hashOf(bytes));
      expect(facts?.sizeBytes).toBe(2500);
      expect(Math.abs((facts?.modifiedAt.getTime() ?? 0) - Date.now())).toBeLessThan(600_000);
      expect(await store.stat(hashOf('nothing'))).toBeNull();
      expect(await store.open(hashOf('nothing'))).toBeNull();
    });

    it('says that the second put of the same bytes created nothing', async () => {
      const bytes = randomBytes(2500);
      const sha256 = hashOf(bytes);
      expect(await store.put(putOf(bytes))).toEqual({ sha256, sizeBytes: 2500, created: true });
      expect(await store.put(putOf(bytes))).toEqual({ sha256, sizeBytes: 2500, created: false });
    });

    it('computes the digest of bytes put without one, and stores them under it', async () => {
      const bytes = randomBytes(2500);
      const answer = await store.put(putOf(bytes, { expectedSha256: null }));
      expect(answer).toMatchObject({ sha256: hashOf(bytes), created: true });
      expect(await readAll(store, hashOf(bytes))).toEqual(bytes);
    });

    it('refuses bytes with another digest and keeps nothing', async () => {
      const wrong = putOf(randomBytes(10), { expectedSha256: hashOf('other') });
      await expect(store.put(wrong)).rejects.toMatchObject({ code: 'OBJECT_DIGEST_MISMATCH' });
      await keepsNothing();
    });

    it('accepts exactly the limit and refuses one byte more, keeping nothing of it', async () => {
      await expect(store.put(putOf(Buffer.alloc(101), { sizeBytesMax: 100 }))).rejects.toMatchObject({
        code: 'OBJECT_TOO_LARGE',
      });
      await keepsNothing();
      await store.put(putOf(Buffer.alloc(100, 1), { sizeBytesMax: 100 }));
      expect(await listed()).toHaveLength(1);
    });

    it('refuses an announced size over the limit before reading anything', async () => {
      let read = false;
      const bytes = (async function* () {
        read = true;
        yield await Promise.resolve(Buffer.alloc(1));
      })();
      const request = putOf(Buffer.alloc(1), { bytes, sizeBytesExpected: 2_000_000 });
      await expect(store.put(request)).rejects.toMatchObject({ code: 'OBJECT_TOO_LARGE' });
      expect(read).toBe(false);
    });

    it('stops reading an endless stream', async () => {
      let chunks = 0;
      let isReleased = false;
      const bytes = (async function* () {
        try {
          for (;;) {
            chunks += 1;
            yield await Promise.resolve(Buffer.alloc(1000));
          }
        } finally {
          isReleased = true;
        }
      })();
      await expect(store.put(putOf(Buffer.alloc(1), { bytes, sizeBytesMax: 10_000 }))).rejects.toMatchObject({
        code: 'OBJECT_TOO_LARGE',
      });
      expect([chunks, isReleased]).toEqual([11, true]);
      await keepsNothing();
    });

    it.each([9, 11])('refuses ten bytes where %d were announced, and keeps nothing', async (announced) => {
      const request = putOf(randomBytes(10), { sizeBytesExpected: announced });
      await expect(store.put(request)).rejects.toMatchObject({ code: 'OBJECT_TRUNCATED' });
      await keepsNothing();
    });

    it.each([
      ['goes away', new Error('aborted')],
      ['fails as a disk would', Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' })],
    ])('keeps nothing of a sender that %s, and doesn’t report a disk error', async (_name, cause) => {
      const bytes = (async function* () {
        yield await Promise.resolve(Buffer.alloc(100));
        throw cause;
      })();
      await expect(store.put(putOf(Buffer.alloc(200), { bytes }))).rejects.toMatchObject({
        code: 'OBJECT_TRUNCATED',
        cause,
      });
      await keepsNothing();
    });

    it('shows nothing of an object before it is complete', async () => {
      const bytes = randomBytes(3000);
      const sha256 = hashOf(bytes);
      const gate = Promise.withResolvers<null>();
      const half = Promise.withResolvers<null>();
      const slow = (async function* () {
        yield bytes.subarray(0, 1500);
        half.resolve(null);
        await gate.promise;
        yield bytes.subarray(1500);
      })();
      const putting = store.put(putOf(bytes, { bytes: slow }));
      await half.promise;
      expect(await store.stat(sha256)).toBeNull();
      expect(await listed()).toEqual([]);
      gate.resolve(null);
      await putting;
      expect(await readAll(store, sha256)).toEqual(bytes);
    });

    it('stores one object put by many at once: each put succeeds, and the object is complete', async () => {
      const bytes = randomBytes(200_000);
      const puts = Array.from({ length: 20 }, (_, at) =>
        (at % 2 === 0 ? store : world.again()).put(putOf(bytes, { bytes: inChunks(bytes, 1000 + at) })),
      );
      for (const answer of await Promise.all(puts)) expect(answer.sha256).toBe(hashOf(bytes));
      expect(await readAll(store, hashOf(bytes))).toEqual(bytes);
      expect(await listed()).toEqual([hashOf(bytes)]);
      expect(await world.leftovers()).toBe(0);
    });

    it('isn’t affected by an invalid put concurrent with a valid one', async () => {
      const bytes = randomBytes(50_000);
      const wrong = putOf(randomBytes(50_000), { expectedSha256: hashOf(bytes) });
      const [first] = await Promise.allSettled([store.put(wrong), store.put(putOf(bytes))]);
      expect(first.status).toBe('rejected');
      expect(await readAll(store, hashOf(bytes))).toEqual(bytes);
    });

    it('doesn’t vouch for a file that another program wrote, and a new put repairs it', async () => {
      const bytes = randomBytes(100);
      await store.put(putOf(bytes));
      await world.overwrite(hashOf(bytes), Buffer.from('something else'));
      const read = readAll(store, hashOf(bytes));
      if (world.comparesOnReading) await expect(read).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
      else expect((await read)?.toString()).toBe('something else');
      await store.put(putOf(bytes));
      expect(await readAll(store, hashOf(bytes))).toEqual(bytes);
    });

    it('fails if an object is replaced by a larger one between stat and read', async () => {
      const bytes = randomBytes(100);
      await store.put(putOf(bytes));
      const found = await store.open(hashOf(bytes));
      await world.overwrite(hashOf(bytes), Buffer.alloc(100_000));
      await expect(found?.bytes()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'OBJECT_CHANGED',
      });
    });

    it('fails if an object is removed between stat and read', async () => {
      const bytes = randomBytes(100);
      await store.put(putOf(bytes));
      const found = await store.open(hashOf(bytes));
      await store.remove(hashOf(bytes));
      await expect(found?.bytes()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'OBJECT_CHANGED',
      });
    });

    it('lists the objects of a part, removes one and says whether it existed', async () => {
      const [one, two] = [randomBytes(10), randomBytes(10)];
      for (const bytes of [one, two]) await store.put(putOf(bytes));
      expect(await listed()).toEqual([hashOf(one), hashOf(two)].sort());
      expect([await store.remove(hashOf(one)), await store.remove(hashOf(one))]).toEqual([true, false]);
      expect(await listed()).toEqual([hashOf(two)]);
    });

    it.each(['..', '', '../', 'a', 'AB', '0/', 'in', '000'])(
      'lists nothing by the prefix %j',
      async (prefix) => {
        await expect(store.list(prefix)[Symbol.asyncIterator]().next()).rejects.toThrow(RangeError);
      },
    );

    it.each([
      '../../etc/passwd',
      `../${'a'.repeat(61)}`,
      `ab/${'../'.repeat(20)}`,
      'A'.repeat(64),
      'a'.repeat(63),
      `${'a'.repeat(64)}\n`,
      '',
    ])('has no object with the name %j', async (name) => {
      const odd = name as Sha256Hex;
      for (const act of [() => store.stat(odd), () => store.open(odd), () => store.remove(odd)])
        await expect(act()).rejects.toThrow();
      await expect(store.put(putOf(Buffer.alloc(1), { expectedSha256: odd }))).rejects.toMatchObject({
        code: 'OBJECT_DIGEST_MISMATCH',
      });
      await keepsNothing();
    });

    it('removes remains of puts older than a day, and nothing that may still be in progress', async () => {
      await store.checkWritable();
      const day = 24 * 60 * 60;
      await world.abandon(day + 60);
      await world.abandon(day - 60);
      await store.removeAbandoned();
      expect(await world.leftovers()).toBe(1);
    });

    it('leaves nothing behind when it tests whether it can write', async () => {
      await store.checkWritable();
      await keepsNothing();
    });
  });
}
