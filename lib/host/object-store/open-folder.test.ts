import { execFile, execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sha256Hex } from '#core/ids/index.ts';
import { hashOf, keepsTheContract, putOf, readAll } from './contract.fixture.ts';
import { objectPath, openObjectFolder, readerOf, type ObjectStore } from './index.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'countersign-objects-'));
const remove = (folder: string) => rm(folder, { recursive: true, force: true });

keepsTheContract('a folder', async () => {
  const outer = await newFolder();
  const folder = join(outer, 'store');
  const incoming = join(folder, 'incoming');
  await mkdir(folder);
  return {
    store: openObjectFolder(folder),
    again: () => openObjectFolder(folder),
    comparesOnReading: false,
    leftovers: async () => (await readdir(incoming).catch(() => [])).length,
    async overwrite(sha256, bytes) {
      await writeFile(objectPath(folder, sha256), bytes);
    },
    async abandon(seconds) {
      const file = join(incoming, randomUUID());
      await writeFile(file, 'half');
      const at = Date.now() / 1000 - seconds;
      await utimes(file, at, at);
    },
    close: () => remove(outer),
  };
});

describe('a folder that others can write to', () => {
  let outer: string;
  let folder: string;
  let store: ObjectStore;
  beforeEach(async () => {
    outer = await newFolder();
    folder = join(outer, 'store');
    await mkdir(folder);
    store = openObjectFolder(folder);
  });
  afterEach(() => remove(outer));

  const place = async (sha256: Sha256Hex): Promise<string> => {
    const path = objectPath(folder, sha256);
    await mkdir(dirname(path), { recursive: true });
    return path;
  };
  const listed = async (sha256: Sha256Hex): Promise<number> => {
    let count = 0;
    for await (const one of store.list(sha256.slice(0, 2))) count += one.sha256 === sha256 ? 1 : 0;
    return count;
  };

  it.each<[string, (path: string) => Promise<unknown> | Buffer]>([
    ['a link to a file', (path) => symlink(join(outer, 'secret'), path)],
    ['a link to nothing', (path) => symlink(join(outer, 'none'), path)],
    ['a link to itself', (path) => symlink(path, path)],
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
    ['a folder', (path) => mkdir(path)],
  ])('doesn’t treat %s as an object', async (_name, plant) => {
    await writeFile(join(outer, 'secret'), '1234');
    const sha256 = hashOf('x');
    await plant(await place(sha256));
    expect(await store.stat(sha256)).toBeNull();
    expect(await store.open(sha256)).toBeNull();
    expect(await listed(sha256)).toBe(0);
  });

  it.each<[string, (path: string) => Promise<unknown> | Buffer]>([
    ['a link', (path) => symlink(join(outer, 'secret'), path)],
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
  ])('reads nothing through %s that replaces an object between stat and read', async (_name, plant) => {
    await writeFile(join(outer, 'secret'), '1234');
    const bytes = Buffer.from('abcd');
    await store.put(putOf(bytes));
    const found = await store.open(hashOf(bytes));
    await rm(objectPath(folder, hashOf(bytes)));
    await plant(objectPath(folder, hashOf(bytes)));
    await expect(found?.bytes()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'OBJECT_CHANGED',
    });
  });

  it('replaces a link by the object, and writes nothing to the link’s target', async () => {
    const bytes = randomBytes(10);
    await writeFile(join(outer, 'precious'), 'precious');
    await symlink(join(outer, 'precious'), await place(hashOf(bytes)));
    await store.put(putOf(bytes));
    expect(await readFile(join(outer, 'precious'), 'utf8')).toBe('precious');
    expect(await readAll(store, hashOf(bytes))).toEqual(bytes);
  });

  it('reads, writes, lists and removes nothing through a link in place of a part or of the incoming folder', async () => {
    const elsewhere = openObjectFolder(join(outer, 'elsewhere'));
    const bytes = randomBytes(10);
    const sha256 = hashOf(bytes);
    await elsewhere.put(putOf(bytes));
    await symlink(dirname(objectPath(join(outer, 'elsewhere'), sha256)), join(folder, sha256.slice(0, 2)));
    expect(await store.stat(sha256)).toBeNull();
    expect(await store.open(sha256)).toBeNull();
    expect(await listed(sha256)).toBe(0);
    expect(await store.remove(sha256)).toBe(false);
    await expect(store.put(putOf(bytes))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await readAll(elsewhere, sha256)).toEqual(bytes);
    await rm(join(folder, 'incoming'), { recursive: true });
    await symlink(outer, join(folder, 'incoming'));
    await expect(openObjectFolder(folder).put(putOf(randomBytes(10)))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('is a link') as string,
    });
  });

  it('reports that it can’t put if a folder is in an object’s place, and leaves nothing behind', async () => {
    const bytes = randomBytes(10);
    await mkdir(join(await place(hashOf(bytes)), 'inner'), { recursive: true });
    await expect(store.put(putOf(bytes))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  });

  it('puts as before if a folder has been among the incoming files for a day', async () => {
    const strange = join(folder, 'incoming', 'lost+found');
    await mkdir(strange, { recursive: true });
    await utimes(strange, 1, 1);
    await store.put(putOf(Buffer.from('bytes')));
    await store.removeAbandoned();
    expect((await stat(strange)).isDirectory()).toBe(true);
  });

  it('lists no file whose name isn’t the rest of a digest', async () => {
    const sha256 = hashOf('x');
    const path = await place(sha256);
    for (const name of ['.tmp', `${sha256.slice(2)}.tmp`, sha256.slice(3), sha256.slice(2).toUpperCase()])
      await writeFile(join(dirname(path), name), 'x');
    for await (const one of store.list(sha256.slice(0, 2))) expect.unreachable(one.sha256);
  });

  it('reads no more than requested of an object that claims to be four terabytes', async () => {
    const sha256 = hashOf('large');
    const path = await place(sha256);
    await writeFile(path, '');
    await truncate(path, 2 ** 42); // sparse: no disk holds it
    const found = await store.open(sha256);
    expect(found?.sizeBytes).toBe(2 ** 42);
    for await (const chunk of found?.bytes() ?? []) {
      expect(chunk.byteLength).toBeLessThanOrEqual(1024 * 1024);
      break;
    }
  });

  it('can be read by the other side: only the umask restricts access', async () => {
    const bytes = randomBytes(10);
    await store.put(putOf(bytes));
    await writeFile(join(outer, 'usual'), '');
    expect((await stat(objectPath(folder, hashOf(bytes)))).mode).toBe(
      (await stat(join(outer, 'usual'))).mode,
    );
  });
});

describe('a folder that doesn’t exist, or is full', () => {
  let outer: string;
  beforeEach(async () => {
    outer = await newFolder();
  });
  afterEach(() => remove(outer));

  it('is distinguished from one that lacks an object, and is created by the first put', async () => {
    const store = openObjectFolder(join(outer, 'deep', 'store'));
    const bytes = randomBytes(10);
    const missing = { code: 'STORE_MISSING' };
    await expect(store.stat(hashOf(bytes))).rejects.toMatchObject(missing);
    await expect(store.open(hashOf(bytes))).rejects.toMatchObject(missing);
    await expect(store.list('00')[Symbol.asyncIterator]().next()).rejects.toMatchObject(missing);
    expect(await readdir(outer)).toEqual([]);
    await store.put(putOf(bytes));
    expect(await readAll(store, hashOf(bytes))).toEqual(bytes);
  });

  it('may itself be a link, and can’t be a file', async () => {
    await mkdir(join(outer, 'real'));
    await symlink(join(outer, 'real'), join(outer, 'link'));
    const bytes = randomBytes(10);
    await openObjectFolder(join(outer, 'link')).put(putOf(bytes));
    expect(await readAll(openObjectFolder(join(outer, 'real')), hashOf(bytes))).toEqual(bytes);
    await writeFile(join(outer, 'file'), '');
    const broken = openObjectFolder(join(outer, 'file'));
    for (const act of [
      () => broken.checkWritable(),
      () => broken.put(putOf(bytes)),
      () => broken.open(hashOf(bytes)),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('works again once an operator has repaired it', async () => {
    const folder = join(outer, 'store');
    await writeFile(folder, 'in the way');
    const store = openObjectFolder(folder);
    await expect(store.checkWritable()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await rm(folder);
    await store.checkWritable();
  });

  it('reports that there is no space, and keeps nothing', async () => {
    const script = `
      import { openObjectFolder } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
      // The kernel would end the process rather than answer.
      process.on('SIGXFSZ', () => undefined);
      const bytes = (async function* () { for (let at = 0; at < 100; at += 1) yield Buffer.alloc(65536, at); })();
      const request = { bytes, expectedSha256: null, sizeBytesMax: 1e9, sizeBytesExpected: null };
      const error = await openObjectFolder(process.argv[1]).put(request).catch((error) => error);
      console.log(JSON.stringify([error.code, error.cause?.code]));`;
    const node = [process.execPath, '--input-type=module', '-e', script, join(outer, 'store')];
    // Files of at most 1 MiB (POSIX, in blocks of 512 bytes).
    const args = ['-c', 'ulimit -f 2048 && exec "$@"', 'sh', ...node];
    const { stdout } = await promisify(execFile)('/bin/sh', args, { cwd: import.meta.dirname });
    expect(JSON.parse(stdout)).toEqual(['STORE_FULL', 'EFBIG']);
    expect(await readdir(join(outer, 'store'))).toEqual(['incoming']);
    expect(await readdir(join(outer, 'store', 'incoming'))).toEqual([]);
  });
});

it('the reading side has no method that changes anything, also at run time', () => {
  expect(Object.keys(readerOf(openObjectFolder('/nowhere'))).sort()).toEqual(['open', 'stat']);
});
