import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { Unavailable } from '../availability/index.ts';
import { artifactsIn, openArtifactStore, openReleaseStore, releasesIn } from './index.ts';
import { objectPath, openObjectFolder } from '../../../lib/host/object-store/index.ts';

const sha256 = (text: string) => parseSha256Hex(createHash('sha256').update(text).digest('hex'));

const sizeBytesMax = 1000;

describe('the store as the signer sees it', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-store-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('hashes what it fetches instead of believing the name', async () => {
    const name = sha256('what was uploaded');
    await mkdir(path.dirname(objectPath(folder, name)), { recursive: true });
    await writeFile(objectPath(folder, name), 'what somebody put there instead');
    const fetched = await openArtifactStore(folder).fetch(name, path.join(folder, 'copy'), sizeBytesMax);
    expect(fetched).toMatchObject({
      sha256: sha256('what somebody put there instead'),
      sha512: createHash('sha512').update('what somebody put there instead').digest('hex'),
    });
  });

  it('returns null for what doesn’t exist, and is unavailable if the store itself is gone', async () => {
    const store = openArtifactStore(folder);
    expect(await store.fetch(sha256('nothing'), path.join(folder, 'copy'), sizeBytesMax)).toBeNull();
    const gone = openArtifactStore(path.join(folder, 'gone'));
    await expect(
      gone.fetch(sha256('nothing'), path.join(folder, 'copy'), sizeBytesMax),
    ).rejects.toBeInstanceOf(Unavailable);
  });

  it('follows no link, waits for no pipe and opens no folder in an object’s place', async () => {
    const secret = path.join(folder, 'secret');
    await writeFile(secret, '1234');
    const names = [sha256('link'), sha256('pipe'), sha256('folder')] as const;
    const [link, pipe, directory] = names.map((name) => objectPath(folder, name)) as [string, string, string];
    for (const one of [link, pipe, directory]) await mkdir(path.dirname(one), { recursive: true });
    await symlink(secret, link);
    execFileSync('mkfifo', [pipe]);
    await mkdir(directory);
    const store = openArtifactStore(folder);
    for (const name of names)
      expect(await store.fetch(name, path.join(folder, 'copy'), sizeBytesMax)).toBeNull();
    expect(await readdir(folder)).not.toContain('copy');
  });

  it('copies nothing of an object that is too large, and accepts an empty one', async () => {
    const [large, empty] = [sha256('large'), sha256('')];
    for (const branded of [large, empty])
      await mkdir(path.dirname(objectPath(folder, branded)), { recursive: true });
    await writeFile(objectPath(folder, large), '');
    await truncate(objectPath(folder, large), 2 ** 42); // sparse: no disk holds it
    await writeFile(objectPath(folder, empty), '');
    const store = openArtifactStore(folder);
    expect(await store.fetch(large, path.join(folder, 'large'), sizeBytesMax)).toBe('too-large');
    expect(await readdir(folder)).not.toContain('large');
    const taken = await store.fetch(empty, path.join(folder, 'empty'), sizeBytesMax);
    expect(taken).toMatchObject({ sha256: empty, sizeBytes: 0 });
  });

  it('never overwrites a file it was told to copy to', async () => {
    const name = sha256('x');
    await mkdir(path.dirname(objectPath(folder, name)), { recursive: true });
    await writeFile(objectPath(folder, name), 'x');
    await writeFile(path.join(folder, 'copy'), 'precious');
    await expect(
      openArtifactStore(folder).fetch(name, path.join(folder, 'copy'), sizeBytesMax),
    ).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(path.join(folder, 'copy'), 'utf8')).toBe('precious');
  });

  it('releases a file under its hash, twice without harm, and leaves nothing half-written', async () => {
    const file = path.join(folder, 'signed');
    await writeFile(file, 'signed bytes');
    const released = openReleaseStore(path.join(folder, 'released'));
    await released.put(file, sha256('signed bytes'));
    await released.put(file, sha256('signed bytes'));
    const stored = objectPath(path.join(folder, 'released'), sha256('signed bytes'));
    expect(await readFile(stored, 'utf8')).toBe('signed bytes');
    expect(await readdir(path.dirname(stored))).toHaveLength(1);
  });

  it('refuses to release bytes that changed since they were hashed', async () => {
    const file = path.join(folder, 'signed');
    await writeFile(file, 'swapped bytes');
    const directory = path.join(folder, 'released');
    await expect(openReleaseStore(directory).put(file, sha256('signed bytes'))).rejects.toBeInstanceOf(
      Unavailable,
    );
    expect(await readdir(directory, { recursive: true })).toEqual(['incoming']);
  });

  it('takes over a file on its own file system without a copy, once it hashes to what it should', async () => {
    const file = path.join(folder, 'signed');
    await writeFile(file, 'signed bytes', { mode: 0o600 });
    const [name, directory] = [sha256('signed bytes'), path.join(folder, 'released')];
    const released = openReleaseStore(directory);
    await released.take(file, name);
    await released.take(file, name);
    const [here, there] = [await stat(file), await stat(objectPath(directory, name))];
    expect(there.ino).toBe(here.ino);
    await writeFile(path.join(folder, 'usual'), '');
    expect(there.mode).toBe((await stat(path.join(folder, 'usual'))).mode);
    expect(await readdir(path.join(directory, 'incoming'))).toEqual([]);
  });

  it('takes over nothing that hashes to something else, and no link', async () => {
    const directory = path.join(folder, 'released');
    const released = openReleaseStore(directory);
    await writeFile(path.join(folder, 'secret'), 'signed bytes');
    await symlink(path.join(folder, 'secret'), path.join(folder, 'signed'));
    for (const [file, digest] of [
      ['secret', sha256('other bytes')],
      ['signed', sha256('signed bytes')],
      ['missing', sha256('signed bytes')],
    ] as const)
      await expect(released.take(path.join(folder, file), digest)).rejects.toBeInstanceOf(Unavailable);
    expect(await readdir(directory, { recursive: true })).toEqual(['incoming']);
  });

  it('copies a file that can’t be taken over', async () => {
    const file = path.join(folder, 'signed');
    await writeFile(file, 'signed bytes');
    const directory = path.join(folder, 'released');
    const elsewhere = { ...openObjectFolder(directory), take: () => Promise.resolve(false) };
    await releasesIn(elsewhere).take(file, sha256('signed bytes'));
    const stored = await stat(objectPath(directory, sha256('signed bytes')));
    expect([stored.size, stored.nlink]).toEqual([12, 1]);
  });

  it('stops reading a store that returns more than it announced', async () => {
    let chunks = 0;
    const bytes = async function* () {
      for (;;) {
        chunks += 1;
        yield await Promise.resolve(Buffer.alloc(100));
      }
    };
    const found = { sizeBytes: 100, modifiedAt: new Date(), bytes };
    const lying = artifactsIn({ stat: () => Promise.resolve(found), open: () => Promise.resolve(found) });
    await expect(lying.fetch(sha256('x'), path.join(folder, 'copy'), sizeBytesMax)).rejects.toThrow(
      /delivered more than the announced 1000 bytes/,
    );
    expect(chunks).toBeLessThan(100);
    expect((await stat(path.join(folder, 'copy'))).size).toBeLessThanOrEqual(sizeBytesMax);
  });

  it('keeps its copy private, and lets others read what it released', async () => {
    const file = path.join(folder, 'signed');
    await writeFile(file, 'signed bytes', { mode: 0o600 });
    const [name, directory] = [sha256('signed bytes'), path.join(folder, 'released')];
    await openReleaseStore(directory).put(file, name);
    await writeFile(path.join(folder, 'usual'), '');
    const modeOf = async (one: string) => (await stat(one)).mode & 0o777;
    expect(await modeOf(objectPath(directory, name))).toBe(await modeOf(path.join(folder, 'usual')));
    await openArtifactStore(directory).fetch(name, path.join(folder, 'copy'), sizeBytesMax);
    expect(await modeOf(path.join(folder, 'copy'))).toBe(0o600);
  });

  it('has only the store operations that it may use', () => {
    expect(Object.keys(openArtifactStore(folder))).toEqual(['fetch']);
    expect(Object.keys(openReleaseStore(folder))).toEqual(['put', 'take', 'checkWritable']);
  });
});
