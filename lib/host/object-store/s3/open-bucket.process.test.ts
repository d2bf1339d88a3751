/** The port's contract, and what buckets have beyond folders, at a real S3 server. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf, inChunks, keepsTheContract, putOf, readAll } from '../contract.fixture.ts';
import { openConnection } from './ask.ts';
import { readUnfinished, readUploadId } from './answers.ts';
import { presign } from './presign.ts';
import { listKeys, openObjectBucket } from './open-bucket.ts';
import { usualPace } from './pace.ts';
import type { S3KeySource, S3Place } from './place.ts';
import { startTestServer, type TestServer } from './server.fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.end());

const keys: S3KeySource = () => server.keys();
const newPlace = (prefix?: string): Promise<S3Place> => server.newPlace(prefix);
const ask = (place: S3Place) => openConnection(place, keys, usualPace);

async function unfinished(place: S3Place): Promise<number> {
  const answer = await ask(place)({ method: 'GET', key: '', query: { uploads: '' } });
  return readUnfinished(await answer.whole()).uploads.length;
}

async function incoming(place: S3Place): Promise<number> {
  let count = 0;
  for await (const { key } of listKeys(place, ask(place), place.prefix))
    count += key.startsWith(`${place.prefix}incoming/`) ? 1 : 0;
  return count;
}

keepsTheContract('a bucket', async () => {
  const place = await newPlace();
  return {
    store: openObjectBucket({ place, keys }),
    again: () => openObjectBucket({ place, keys }),
    comparesOnReading: true,
    leftovers: async () => (await incoming(place)) + (await unfinished(place)),
    overwrite: (sha256, body) => server.overwrite(place, sha256, body),
    async abandon(seconds) {
      const key = `${place.prefix}incoming/${Date.now() - seconds * 1000}-${randomUUID()}`;
      (await ask(place)({ method: 'PUT', key, body: Buffer.from('half') })).close();
    },
    // The server goes with all that is in it.
    close: () => Promise.resolve(),
  };
});

const large = 12 * 1024 * 1024 + 5;
const wholeOf = (bytes: Uint8Array) => ({
  bytes: inChunks(bytes, 700_001),
  sizeBytesMax: 2 * large,
  sizeBytesExpected: bytes.byteLength,
});

describe('objects larger than a part', () => {
  it('are put in parts, with and without a known digest, and leave nothing else', async () => {
    const place = await newPlace();
    const store = openObjectBucket({ place, keys });
    const [one, two] = [randomBytes(large), randomBytes(large)];
    expect(await store.put(putOf(one, wholeOf(one)))).toMatchObject({ created: true, sizeBytes: large });
    expect(await store.put(putOf(one, wholeOf(one)))).toMatchObject({ created: false });
    const unknown = { ...wholeOf(two), expectedSha256: null, sizeBytesExpected: null };
    expect(await store.put(putOf(two, unknown))).toEqual({
      sha256: hashOf(two),
      sizeBytes: large,
      created: true,
    });
    for (const bytes of [one, two]) expect((await readAll(store, hashOf(bytes)))?.equals(bytes)).toBe(true);
    expect([await unfinished(place), await incoming(place)]).toEqual([0, 0]);
  });

  it('aren’t there, and leave no upload, where their bytes are others or stop coming', async () => {
    const place = await newPlace();
    const store = openObjectBucket({ place, keys });
    const bytes = randomBytes(large);
    const other = { ...wholeOf(bytes), expectedSha256: hashOf('other') };
    await expect(store.put(putOf(bytes, other))).rejects.toMatchObject({ code: 'OBJECT_DIGEST_MISMATCH' });
    const cut = (async function* () {
      yield* inChunks(bytes.subarray(0, large - 10), 1_000_000);
      throw new Error('reset');
    })();
    await expect(store.put(putOf(bytes, { ...wholeOf(bytes), bytes: cut }))).rejects.toMatchObject({
      code: 'OBJECT_TRUNCATED',
    });
    expect(await store.stat(hashOf('other'))).toBeNull();
    expect(await store.stat(hashOf(bytes))).toBeNull();
    expect([await unfinished(place), await incoming(place)]).toEqual([0, 0]);
  });

  it('are read in part', async () => {
    const store = openObjectBucket({ place: await newPlace(), keys });
    const bytes = randomBytes(large);
    await store.put(putOf(bytes, wholeOf(bytes)));
    const found = await store.open(hashOf(bytes));
    const [start, end] = [5_000_000, 6_000_001];
    const parts: Uint8Array[] = [];
    for await (const piece of found?.bytes({ start, end }) ?? []) parts.push(piece);
    expect(Buffer.concat(parts).equals(bytes.subarray(start, end))).toBe(true);
    for await (const piece of found?.bytes({ start: 5, end: 5 }) ?? []) expect.unreachable(String(piece));
  });
});

describe('an address without keys', () => {
  const fileName = 'a “file”; of\nmine.zip';
  const get = async (address: string | URL, method = 'GET') => {
    const answer = await fetch(address, { method });
    return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
  };

  it('gives one object under its name, until it ends, and nothing else', async () => {
    const place = await newPlace();
    const store = openObjectBucket({ place, keys });
    const [bytes, other] = [randomBytes(1000), randomBytes(10)];
    for (const one of [bytes, other]) await store.put(putOf(one));
    const request = { sha256: hashOf(bytes), fileName, seconds: 60 };
    const address = new URL(await presign({ place, keys }, request));
    const given = await get(address);
    expect([given.status, given.bytes.equals(bytes)]).toEqual([200, true]);
    expect(given.headers.get('content-disposition')).toBe(
      `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    );
    expect(address.href).not.toContain(server.lastingKeys.secretAccessKey);

    const elsewhere = new URL(address);
    elsewhere.pathname = elsewhere.pathname.replace(
      /[^/]+\/[^/]+$/,
      `${hashOf(other).slice(0, 2)}/${hashOf(other).slice(2)}`,
    );
    const longer = new URL(address);
    longer.searchParams.set('X-Amz-Expires', '6000');
    const renamed = new URL(address);
    renamed.searchParams.set('response-content-disposition', 'inline');
    for (const changed of [elsewhere, longer, renamed]) expect((await get(changed)).status).toBe(403);
    expect((await get(address, 'DELETE')).status).toBe(403);
    const ended = await presign({ place, keys, now: () => Date.now() - 61_000 }, request);
    expect((await get(ended)).status).toBe(403);
    expect(await store.stat(hashOf(bytes))).not.toBeNull();
  });
});

describe('a bucket', () => {
  it('loses uploads that were never completed, a day later', async () => {
    const place = await newPlace();
    const key = `${place.prefix}ab/left`;
    const begun = await ask(place)({ method: 'POST', key, query: { uploads: '' }, body: new Uint8Array() });
    expect(readUploadId(await begun.whole())).not.toBe('');
    await openObjectBucket({ place, keys }).removeAbandoned();
    expect(await unfinished(place)).toBe(1);
    const tomorrow = () => Date.now() + 25 * 60 * 60 * 1000;
    await openObjectBucket({ place, keys, now: tomorrow }).removeAbandoned();
    expect(await unfinished(place)).toBe(0);
  });

  it('that doesn’t exist is told from a missing object', async () => {
    const place = { ...(await newPlace()), bucket: 'there-is-none' };
    const store = openObjectBucket({ place, keys });
    const missing = { code: 'STORE_MISSING' };
    await expect(store.stat(hashOf('x'))).rejects.toMatchObject(missing);
    await expect(store.put(putOf(randomBytes(5)))).rejects.toMatchObject(missing);
    await expect(store.list('00')[Symbol.asyncIterator]().next()).rejects.toMatchObject(missing);
    await expect(store.checkWritable()).rejects.toMatchObject(missing);
  });

  it('refuses wrong keys, and the refusal has no key in it', async () => {
    const secretAccessKey = 'a-secret-that-is-wrong';
    const wrong = () => Promise.resolve({ ...server.lastingKeys, secretAccessKey });
    const store = openObjectBucket({ place: await newPlace(), keys: wrong });
    const refused = await store.put(putOf(randomBytes(5))).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/403/) as string,
    });
    expect(JSON.stringify(refused) + String(refused)).not.toContain(secretAccessKey);
  });

  it('lists more names than a page has', async () => {
    const place = await newPlace('');
    const connection = ask(place);
    // 1,000 is the most on a page.
    for (let at = 0; at < 1050; at += 50)
      await Promise.all(
        Array.from({ length: 50 }, async (_, more) => {
          const rest = (at + more).toString(16).padStart(62, '0');
          (await connection({ method: 'PUT', key: `ab/${rest}`, body: Buffer.from('x') })).close();
        }),
      );
    const found: string[] = [];
    for await (const { sha256 } of openObjectBucket({ place, keys }).list('ab')) found.push(sha256);
    expect(new Set(found).size).toBe(1050);
  });
});
