import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git } from '../../dev/git-host/index.ts';
import { lacksSmallDisks } from '../../dev/test/lacks.ts';
import { SmallDisk } from '../../dev/test/small-disk.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { fetchPolicy, type KnownRefs } from './fetch.ts';
import { hasCommit } from './read-clone.ts';
import { cloneBounds, type PolicyClone } from './run-git.ts';

const mebibyte = 1024 ** 2;

describe('a Git host that sends more than the limit', () => {
  let folder: string;
  let host: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'countersign-clone-'));
    host = path.join(folder, 'host');
    await git(folder, 'init', '--quiet', '--initial-branch=main', host);
    await commit(3 * mebibyte);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function commit(bytes: number): Promise<string> {
    await writeFile(path.join(host, 'rubbish'), randomBytes(bytes));
    await git(host, 'add', 'rubbish');
    const author = ['-c', 'user.name=Host', '-c', 'user.email=host@example.org'];
    await git(host, ...author, 'commit', '--quiet', '--message=More');
    return git(host, 'rev-parse', 'HEAD');
  }
  const clone = (bounds: Partial<typeof cloneBounds>): PolicyClone => ({
    directory: path.join(folder, 'clone'),
    url: host,
    ref: 'refs/heads/main',
    bounds: { ...cloneBounds, ...bounds },
  });
  const packs = () => readdir(path.join(folder, 'clone', 'objects', 'pack'));

  it('is stopped at the limit of one fetch, and leaves nothing behind', async () => {
    await expect(fetchPolicy(clone({ fetchBytesMax: mebibyte }))).rejects.toThrow(
      'was interrupted, or is more than 1048576 bytes',
    );
    expect(await packs()).toEqual([]);
    await fetchPolicy(clone({ fetchBytesMax: 4 * mebibyte }));
    expect((await packs()).some((name) => name.endsWith('.pack'))).toBe(true);
  });

  it('is not asked again once the clone is too large, and the problem says how to proceed', async () => {
    const bounded = clone({ cloneBytesMax: 4 * mebibyte });
    await fetchPolicy(bounded);
    await commit(2 * mebibyte);
    await fetchPolicy(bounded);
    await commit(1024);
    await expect(fetchPolicy(bounded)).rejects.toThrow(/takes \d+ bytes, more than 4194304: .*removed/);
    await rm(bounded.directory, { recursive: true });
    // All of it is more than the limit: it is fetched once, and then no more.
    await fetchPolicy(bounded);
  });

  it('is fetched anew once its folder was lost, even if its refs are known', async () => {
    const known: KnownRefs = { refs: null };
    const { head } = await fetchPolicy(clone({}), known);
    await fetchPolicy(clone({}), known);
    expect(known.refs?.size).toBeGreaterThan(0);
    await rm(path.join(folder, 'clone'), { recursive: true });
    expect(await fetchPolicy(clone({}), known)).toMatchObject({ head });
    expect(await hasCommit(clone({}), head)).toBe(true);
  });

  it('leaves no partial files of a killed git behind', async () => {
    await fetchPolicy(clone({}));
    await writeFile(path.join(folder, 'clone', 'objects', 'pack', 'tmp_pack_x'), 'half');
    await commit(1024);
    await fetchPolicy(clone({}));
    expect((await packs()).filter((name) => name.startsWith('tmp_'))).toEqual([]);
  });

  it('is not blamed for rewritten history if git itself fails', async () => {
    const bounded = clone({});
    const { head } = await fetchPolicy(bounded);
    expect(await hasCommit(bounded, head)).toBe(true);
    expect(await hasCommit(bounded, parseCommitSha('e'.repeat(40)))).toBe(false);
    await rm(path.join(bounded.directory, 'HEAD'));
    await expect(hasCommit(bounded, head)).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });

  it.skipIf(lacksSmallDisks())(
    'stays what it was on a full disk, says that there is no room, and is followed again once there is',
    async () => {
      await using disk = await SmallDisk.make(16 * 1024);
      const small = { ...clone({}), directory: path.join(disk.path, 'clone') };
      disk.fill();
      await expect(fetchPolicy(small), 'it can’t be made').rejects.toMatchObject({
        message: expect.stringMatching(/no space left|can't|cannot/i) as unknown,
      });
      disk.free();
      const { head } = await fetchPolicy(small);
      await commit(mebibyte);
      disk.fill(200);
      await expect(fetchPolicy(small)).rejects.toMatchObject({
        code: 'GIT_FAILED',
        message: `there is no room left for ${small.directory} (ENOSPC): give its file system more; the accepted policy stays in force, and the rest is fetched then`,
      });
      expect(await hasCommit(small, head)).toBe(true);
      disk.free();
      const after = await fetchPolicy(small);
      expect(after.head).not.toBe(head);
      expect(await hasCommit(small, after.head)).toBe(true);
      await git(small.directory, 'fsck', '--full', '--strict');
    },
  );
});
