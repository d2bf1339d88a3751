import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import {
  ObjectStoreError,
  openObjectFolder,
  type ObjectStoreErrorCode,
} from '../../host/object-store/index.ts';
import { openReceived, openReleased } from './index.ts';
import { receivedIn } from './open-store.ts';

const hashOf = (bytes: Uint8Array) => parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield await Promise.resolve(bytes.subarray(at, at + 1000));
}

const requestFor = (bytes: Uint8Array) => ({
  stream: chunks(bytes),
  expectedSha256: hashOf(bytes),
  sizeBytesMax: 1_000_000,
  sizeBytesExpected: bytes.length,
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-storage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('an uploaded artifact', () => {
  it('is returned as a web stream', async () => {
    const store = openReceived(join(folder, 'artifacts'));
    const bytes = randomBytes(700_000);
    expect(await store.put(requestFor(bytes))).toMatchObject({ created: true, sizeBytes: bytes.length });
    const found = await store.open(hashOf(bytes));
    expect(found?.sizeBytes).toBe(bytes.length);
    expect(Buffer.from(await new Response(found?.stream()).arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('isn’t opened before it is read, and is closed when the reader stops', async () => {
    const seen: string[] = [];
    const bytes = async function* () {
      seen.push('opened');
      try {
        for (;;) yield await Promise.resolve(Buffer.alloc(1));
      } finally {
        seen.push('closed');
      }
    };
    const found = { sizeBytes: 10, modifiedAt: new Date(), bytes };
    const store = receivedIn({ ...openObjectFolder(folder), open: () => Promise.resolve(found) });
    const stream = (await store.open(hashOf(Buffer.from('x'))))?.stream();
    expect(seen).toEqual([]);
    const reader = stream?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    expect(seen).toEqual(['opened']);
    await reader?.cancel();
    expect(seen).toEqual(['opened', 'closed']);
  });

  it('is missing before the first upload, without a fault', async () => {
    const store = openReceived(join(folder, 'artifacts'));
    expect(await store.open(hashOf(Buffer.from('x')))).toBeNull();
    expect(await store.remove(hashOf(Buffer.from('x')))).toBe(false);
    for await (const one of store.list('00')) expect.unreachable(one.sha256);
  });

  it.each<[ObjectStoreErrorCode, string, RegExp]>([
    ['OBJECT_DIGEST_MISMATCH', 'ARTIFACT_DIGEST_MISMATCH', /as it was said/],
    ['OBJECT_TOO_LARGE', 'ARTIFACT_TOO_LARGE', /larger than the 1000000 bytes this portal accepts/],
    ['OBJECT_TRUNCATED', 'ARTIFACT_TRUNCATED', /ended early: as it was said/],
    ['STORE_FULL', 'STORE_FULL', /no space left/],
    ['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE', /can’t be used right now/],
  ])('answers %s with the portal’s own message', async (code, told, message) => {
    const objects = openObjectFolder(folder);
    const put = () => Promise.reject(new ObjectStoreError(code, 'as it was said'));
    await expect(receivedIn({ ...objects, put }).put(requestFor(Buffer.alloc(1)))).rejects.toMatchObject({
      name: 'StorageError',
      code: told,
      message: expect.stringMatching(message) as string,
    });
  });

  it('is refused with a message if its digest differs or the folder can’t be used', async () => {
    const store = openReceived(folder);
    const wrong = { ...requestFor(randomBytes(10)), expectedSha256: hashOf(Buffer.from('other')) };
    await expect(store.put(wrong)).rejects.toMatchObject({ code: 'ARTIFACT_DIGEST_MISMATCH' });
    const broken = openReceived('/dev/null/store');
    await expect(broken.checkWritable()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(broken.removeAbandoned()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(broken.list('00')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    await expect(store.list('..')[Symbol.asyncIterator]().next()).rejects.toThrow(RangeError);
  });
});

describe('a released artifact, for the portal', () => {
  it('can only be read', async () => {
    await mkdir(join(folder, 'released'));
    expect(Object.keys(openReleased(join(folder, 'released')))).toEqual([
      'open',
      'checkReadable',
      'directAddress',
    ]);
    expect(
      await openReleased(join(folder, 'released')).directAddress(hashOf(Buffer.from('x')), 'x'),
    ).toBeNull();
  });

  it('says whether it could be read; before the first release there is no folder', async () => {
    await openReleased(join(folder, 'none-yet')).checkReadable();
    await writeFile(join(folder, 'released'), '');
    await expect(openReleased(join(folder, 'released')).checkReadable()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });

  it('is unavailable, not missing, if its store is gone', async () => {
    const released = openReleased(join(folder, 'released'));
    const sha256 = hashOf(Buffer.from('x'));
    await expect(released.open(sha256)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await mkdir(join(folder, 'released'));
    expect(await released.open(sha256)).toBeNull();
    await rm(join(folder, 'released'), { recursive: true });
    await writeFile(join(folder, 'released'), '');
    await expect(released.open(sha256)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
