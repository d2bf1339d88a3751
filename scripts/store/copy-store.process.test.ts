/** Copies between a folder and a bucket of a real S3 server, both ways, and by the command. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import {
  ObjectStoreError,
  objectPath,
  openObjectBucket,
  openObjectFolder,
  type ObjectStore,
  type S3Place,
} from '../../lib/host/object-store/index.ts';
import { startTestServer, type TestServer } from '../../lib/host/object-store/s3/server.fixture.ts';
import { copyStore, type CopyRequest } from './copy-store.ts';

let server: TestServer;
const top = mkdtempSync(join(tmpdir(), 'countersign-migrate-'));
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server.end();
  rmSync(top, { recursive: true });
});

const hashOf = (bytes: Uint8Array): Sha256Hex =>
  parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
const put = async (store: ObjectStore, bytes: Uint8Array): Promise<Sha256Hex> => {
  const source = (async function* () {
    yield await Promise.resolve(bytes);
  })();
  const size = bytes.byteLength;
  const request = {
    bytes: source,
    expectedSha256: hashOf(bytes),
    sizeBytesMax: size,
    sizeBytesExpected: size,
  };
  return (await store.put(request)).sha256;
};
const read = async (store: ObjectStore, sha256: Sha256Hex): Promise<Buffer | null> => {
  const found = await store.open(sha256);
  const pieces: Uint8Array[] = [];
  for await (const piece of found?.bytes() ?? []) pieces.push(Buffer.from(piece));
  return found === null ? null : Buffer.concat(pieces);
};
const copy = (from: ObjectStore, to: CopyRequest['to'], more: Partial<CopyRequest> = {}) =>
  copyStore({ from, to, isQuick: false, removes: false, onProgress: () => undefined, ...more });

describe('a store that is migrated', () => {
  let place: S3Place;
  let folderName: string;
  let folder: ObjectStore;
  let bucket: ObjectStore;
  const all = [randomBytes(10), randomBytes(100_000), randomBytes(6 * 1024 ** 2), Buffer.alloc(0)];
  beforeEach(async () => {
    place = await server.newPlace('moved/');
    folderName = mkdtempSync(join(top, 'store-'));
    folder = openObjectFolder(folderName);
    bucket = openObjectBucket({ place, keys: server.keys });
  });

  it('has every object in the bucket, and back in another folder, and loses none at its source', async () => {
    for (const bytes of all) await put(folder, bytes);
    expect(await copy(folder, bucket)).toMatchObject({ copiedObjects: 4, thereObjects: 0, failedObjects: 0 });
    const other = openObjectFolder(mkdtempSync(join(top, 'back-')));
    expect(await copy(bucket, other)).toMatchObject({ copiedObjects: 4, partsDone: 256, failures: [] });
    for (const bytes of all)
      for (const store of [folder, bucket, other])
        expect((await read(store, hashOf(bytes)))?.equals(bytes)).toBe(true);
  });

  it('goes on where it stopped, takes what arrived meanwhile, and mends what isn’t what it should be', async () => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0), third = Buffer.alloc(0)] = all;
    for (const bytes of [first, second]) await put(folder, bytes);
    let puts = 0;
    const breaking: CopyRequest['to'] = {
      ...bucket,
      put: (request) => {
        puts += 1;
        if (puts > 1) throw new ObjectStoreError('STORE_UNAVAILABLE', 'it went away');
        return bucket.put(request);
      },
    };
    await expect(copy(folder, breaking)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await put(folder, third);
    expect(await copy(folder, bucket)).toMatchObject({ copiedObjects: 2, thereObjects: 1 });
    expect(await copy(folder, bucket)).toMatchObject({ copiedObjects: 0, thereObjects: 3 });
    // Other bytes of the same size: sizes alone don't tell.
    await server.overwrite(place, hashOf(second), randomBytes(second.byteLength));
    expect(await copy(folder, bucket, { isQuick: true })).toMatchObject({ thereObjects: 3 });
    expect(await copy(folder, bucket)).toMatchObject({ copiedObjects: 1, thereObjects: 2 });
    expect((await read(bucket, hashOf(second)))?.equals(second)).toBe(true);
  });

  it('names what is damaged at its source, and copies the rest', async () => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = all;
    for (const bytes of [first, second]) await put(folder, bytes);
    writeFileSync(objectPath(folderName, hashOf(second)), 'something else');
    const found = await copy(folder, bucket);
    expect(found).toMatchObject({ copiedObjects: 1, failedObjects: 1, removedObjects: 0 });
    expect(found.failures[0]?.sha256).toBe(hashOf(second));
    expect(found.failures[0]?.why).toMatch(/^the source is damaged/);
    expect(await bucket.stat(hashOf(second))).toBeNull();
  });

  it('of a part in which one is damaged loses nothing at its source', async () => {
    // Two in one part, and one in another.
    const [first = '', ...rest] = Array.from({ length: 2000 }, (_, at) => `object ${at}`);
    const partOf = (text: string): string => hashOf(Buffer.from(text)).slice(0, 2);
    const [second = '', third = ''] = [
      rest.find((text) => partOf(text) === partOf(first)),
      rest.find((text) => partOf(text) !== partOf(first)),
    ];
    for (const text of [first, second, third]) await put(folder, Buffer.from(text));
    writeFileSync(objectPath(folderName, hashOf(Buffer.from(second))), 'something else');
    expect(await copy(folder, bucket, { removes: true })).toMatchObject({
      copiedObjects: 2,
      failedObjects: 1,
      removedObjects: 1,
    });
    const left = [first, second, third].map(async (text) => folder.stat(hashOf(Buffer.from(text))));
    expect((await Promise.all(left)).map((facts) => facts !== null)).toEqual([true, true, false]);
    expect((await read(bucket, hashOf(Buffer.from(third))))?.toString()).toBe(third);
  });

  it('isn’t removed where what is read back is something else', async () => {
    const [first = Buffer.alloc(0)] = all;
    await put(folder, first);
    // A server that answers every put and keeps nothing of it.
    const forgetful: CopyRequest['to'] = {
      ...bucket,
      put: () => Promise.resolve({ sha256: hashOf(first), sizeBytes: 10, created: true }),
    };
    expect(await copy(folder, forgetful, { removes: true })).toMatchObject({
      failedObjects: 1,
      removedObjects: 0,
    });
    expect((await read(folder, hashOf(first)))?.equals(first)).toBe(true);
  });

  it('loses nothing where both places lead to one store', async () => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = all;
    for (const store of [folder, bucket]) for (const bytes of [first, second]) await put(store, bytes);
    const alias = join(top, `alias-${hashOf(randomBytes(8))}`);
    symlinkSync(folderName, alias);
    for (const [from, to, last] of [
      [openObjectFolder(alias), folder, folder],
      [openObjectBucket({ place, keys: server.keys }), bucket, bucket],
    ] as const) {
      await expect(copy(from, to, { removes: true })).rejects.toMatchObject({ code: 'SAME_STORE' });
      for (const bytes of [first, second])
        expect((await read(last, hashOf(bytes)))?.equals(bytes)).toBe(true);
      // Nor is anything left of the trial.
      expect(await copy(last, openObjectFolder(mkdtempSync(join(top, 'whole-'))))).toMatchObject({
        copiedObjects: 2,
      });
    }
  });

  it('is migrated by the command, which says what it did and refuses what would be two things at once', async () => {
    for (const bytes of all) await put(folder, bytes);
    const keys = join(top, 'keys');
    const { accessKeyId, secretAccessKey } = server.lastingKeys;
    writeFileSync(keys, `aws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`, {
      mode: 0o600,
    });
    const target = join(top, 'bucket.yaml');
    const { endpoint, region, bucket: name, prefix } = place;
    writeFileSync(
      target,
      JSON.stringify({ s3: { endpoint, region, bucket: name, prefix, keys: { file: 'keys' } } }),
      { mode: 0o600 },
    );
    const program = join(import.meta.dirname, 'main.ts');
    const run = (...args: readonly string[]) =>
      promisify(execFile)(process.execPath, [program, ...args]).then(
        ({ stdout }) => ({ status: 0, said: stdout }),
        (error: unknown) => {
          const { code, stderr } = error as { readonly code: number; readonly stderr: string };
          return { status: code, said: stderr };
        },
      );
    const done = await run('--from', folderName, '--to', target);
    expect(done.status).toBe(0);
    expect(done.said).toMatch(/All of it is there: 4 copied and compared \(.*\), 0 were there, 0 failed/);
    expect((await run('--from', folderName, '--to', target, '--quick')).said).toMatch(
      /0 copied .* 4 were there/,
    );
    expect((await run('--from', target, '--to', target)).status).toBe(2);
    const alias = join(top, 'alias');
    symlinkSync(folderName, alias);
    const removed = await run('--from', alias, '--to', folderName, '--remove-source');
    expect(removed.status).toBe(2);
    expect(removed.said).toMatch(/two names of one store, and nothing was removed/);
    expect((await run('--from', folderName, '--to', target, '--quick', '--remove-source')).status).toBe(2);
    expect((await run('--from', folderName)).status).toBe(2);
    if (process.geteuid?.() === 0) {
      const others = mkdtempSync(join(top, 'others-'));
      chownSync(others, 65_534, 65_534);
      const refused = await run('--from', folderName, '--to', others);
      expect(refused.said).toMatch(/belongs to user 65534, and this is user 0: run it as that one/);
      expect(readdirSync(others)).toEqual([]);
    }
    rmSync(keys);
    const lost = await run('--from', folderName, '--to', target);
    expect(lost.status).toBe(1);
    expect(lost.said).toMatch(/there are no access keys: .*keys: There is no such file/);
  });
});
