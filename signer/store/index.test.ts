import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSha256Hex } from '../../lib/core/ids/index.ts';
import { Unavailable } from '../availability/index.ts';
import { objectPath, openArtifactStore, openReleaseStore } from './index.ts';

const sha256 = (text: string) => parseSha256Hex(createHash('sha256').update(text).digest('hex'));

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
    const fetched = await openArtifactStore(folder).fetch(name, path.join(folder, 'copy'));
    expect(fetched?.sha256).toBe(sha256('what somebody put there instead'));
    expect(fetched?.sha512).toBe(
      createHash('sha512').update('what somebody put there instead').digest('hex'),
    );
  });

  it('answers null for what is not there, and is unavailable where the store itself is gone', async () => {
    const store = openArtifactStore(folder);
    expect(await store.fetch(sha256('nothing'), path.join(folder, 'copy'))).toBeNull();
    const gone = openArtifactStore(path.join(folder, 'gone'));
    await expect(gone.fetch(sha256('nothing'), path.join(folder, 'copy'))).rejects.toBeInstanceOf(
      Unavailable,
    );
  });

  it('never overwrites a file it was told to copy to', async () => {
    const name = sha256('x');
    await mkdir(path.dirname(objectPath(folder, name)), { recursive: true });
    await writeFile(objectPath(folder, name), 'x');
    await writeFile(path.join(folder, 'copy'), 'precious');
    await expect(openArtifactStore(folder).fetch(name, path.join(folder, 'copy'))).rejects.toBeInstanceOf(
      Unavailable,
    );
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
    expect(await readdir(path.dirname(objectPath(directory, sha256('signed bytes'))))).toEqual([]);
  });
});
