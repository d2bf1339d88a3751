import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { writeFile, mkdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { testDatabase, testFolder, testGitRepository } from '../../../../dev/test/index.ts';
import { commitFolder, git } from '../../../../dev/git-host/index.ts';
import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import { openDatabase, type Database } from '../../db/index.ts';
import { openLocalGitHost, type LocalGitHost } from './open.ts';
import { contractFiles, describeGitHost } from '../contract.fixture.ts';
import { addCoSignature, readCoSignatures } from './co-signatures.ts';
import { commitChanges } from './commits.ts';

const author = { ...onGitHub('900001'), login: 'mara' };
const reviewer = { ...onGitHub('900002'), login: 'alex' };

describe('local Git host', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let db: Database;
  let remote: Awaited<ReturnType<typeof testGitRepository>>;
  let work: Awaited<ReturnType<typeof testFolder>>;
  let base: CommitSha;
  let host: LocalGitHost;

  beforeAll(async () => {
    urls = await testDatabase();
    db = openDatabase({ url: urls.portal });
  });
  afterAll(async () => {
    await db.$disconnect();
    await urls.release();
  });
  beforeEach(async () => {
    [remote, work] = [await testGitRepository(), await testFolder('local-host')];
    await mkdir(join(work.folder, 'projects'));
    await writeFile(join(work.folder, 'projects', 'a.yaml'), 'a: 1\n');
    await writeFile(join(work.folder, 'README.md'), 'policies\n');
    const first = { name: 'First', email: 'first@countersign.example' };
    base = parseCommitSha(await commitFolder(remote.path, work.folder, 'Begin', first));
    host = as(author);
  });
  afterEach(async () => {
    await remote.release();
    await work.release();
  });

  const as = (account: typeof author): LocalGitHost =>
    openLocalGitHost({
      db,
      repository: remote.path,
      mainBranch: 'main',
      url: 'http://127.0.0.1/changes',
      account,
      now: () => new Date(),
    });
  const change = (content: string | null, path = 'projects/a.yaml') => [{ path, content }];
  const propose = async (branch: string, content = 'a: 2\n') => {
    const head = await host.createBranch({ branch, base, message: 'Change a', changes: change(content) });
    const pull = await host.openPullRequest({ branch, base: 'main', title: 'Change a', body: 'Because.' });
    return { head, pull };
  };

  it('lets nobody approve their own change, nor a head that has moved', async () => {
    const { head, pull } = await propose('reviewed');
    const review = { number: pull.number, state: 'approved', commit: head, body: '' } as const;
    await expect(host.submitReview(review)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await as(reviewer).submitReview(review);
    const next = await host.addCommit({
      branch: 'reviewed',
      expectedHead: head,
      message: 'More',
      changes: change('a: 5\n'),
    });
    await expect(as(reviewer).submitReview(review)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await host.reviews(pull.number)).toMatchObject([{ reviewer, state: 'approved', commit: head }]);
    expect((await host.pullRequest(pull.number)).head.commit).toBe(next);
  });

  it('refuses names that lead outside the repository, and changes to main without a pull request', async () => {
    const input = { base, message: 'x', changes: change('x') };
    for (const branch of ['-x', '../main', 'a..b', 'a.lock', 'a b', '']) {
      await expect(host.createBranch({ ...input, branch }), branch).rejects.toMatchObject({
        code: 'INVALID',
      });
    }
    await expect(host.createBranch({ ...input, branch: 'main' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('writes commits whose author can’t be forged through a login', async () => {
    const odd = as({ ...onGitHub('900009'), login: 'Mallory <root@example.org>\nauthor x' });
    const head = await odd.createBranch({ branch: 'odd-name', base, message: 'x', changes: change('z\n') });
    expect(await git(remote.path, 'show', '-s', '--format=%ae|%an', head)).toMatch(
      /^900009@people\.countersign\.invalid\|[^<>\n]+$/,
    );
  });
});

describeGitHost('a bare repository on this machine', async () => {
  const urls = await testDatabase();
  const db = openDatabase({ url: urls.portal });
  const remote = await testGitRepository();
  const work = await testFolder('local-host');
  for (const [path, content] of Object.entries(contractFiles)) {
    await mkdir(join(work.folder, dirname(path)), { recursive: true });
    await writeFile(join(work.folder, path), content);
  }
  const somebody = { name: 'Somebody', email: 'somebody@countersign.example' };
  await commitFolder(remote.path, work.folder, 'Begin', somebody);
  const as = (account: typeof author): LocalGitHost =>
    openLocalGitHost({
      db,
      repository: remote.path,
      mainBranch: 'main',
      url: 'http://127.0.0.1/changes',
      account,
      now: () => new Date(),
    });
  return {
    host: as(author),
    async push({ branch, changes, onto }) {
      const parent = onto ?? parseCommitSha(await git(remote.path, 'rev-parse', `refs/heads/${branch}`));
      const list = Object.entries(changes).map(([path, content]) => ({ path, content }));
      const commit = await commitChanges({
        repository: remote.path,
        parent,
        message: 'By hand',
        changes: list,
        at: new Date(),
        author: { ...onGitHub('900077'), login: 'somebody' },
      });
      await git(remote.path, 'update-ref', `refs/heads/${branch}`, commit);
      return commit;
    },
    async review(number, state) {
      const { head } = await as(author).pullRequest(number);
      await as(reviewer).submitReview({ number, state, commit: head.commit, body: 'x' });
    },
    async release() {
      await db.$disconnect();
      await remote.release();
      await work.release();
      await urls.release();
    },
  };
});

describe('signatures beside commits of a bare repository', () => {
  it('are what git notes reads and writes, split into folders or not', async () => {
    await using remote = await testGitRepository();
    await using work = await testFolder('notes');
    await writeFile(join(work.folder, 'a.yaml'), 'a: 1\n');
    const somebody = { name: 'Somebody', email: 'somebody@countersign.example' };
    const commit = parseCommitSha(await commitFolder(remote.path, work.folder, 'Begin', somebody));
    const notes = (...args: string[]) =>
      git(
        remote.path,
        '-c',
        'user.name=N',
        '-c',
        'user.email=n@example.org',
        'notes',
        '--ref=policy-signatures',
        ...args,
      );
    await addCoSignature(remote.path, commit, 'one\n');
    expect(await notes('show', commit)).toBe('one');
    await notes('append', '-m', 'two', commit);
    expect(await readCoSignatures(remote.path, commit)).toBe('one\n\ntwo\n');
    // Once there are many, git splits their names into folders.
    const blob = await git(remote.path, 'rev-parse', `${commit}:a.yaml`);
    const head = await git(remote.path, 'rev-parse', 'refs/notes/policy-signatures');
    const split = (name: string): string => `${name.slice(0, 2)}/${name.slice(2)}`;
    const others = Array.from({ length: 300 }, (_, index) =>
      createHash('sha1').update(`${index}`).digest('hex'),
    );
    const stream = others.map((name) => `M 100644 ${blob} ${split(name)}\n`).join('');
    execFileSync('git', ['--git-dir', remote.path, 'fast-import', '--quiet'], {
      input:
        'commit refs/notes/policy-signatures\ncommitter N <n@example.org> 1 +0000\ndata 1\nx\n' +
        `from ${head}\nR ${commit} ${split(commit)}\n${stream}`,
    });
    expect(await git(remote.path, 'ls-tree', '-r', '--name-only', 'refs/notes/policy-signatures')).toContain(
      '/',
    );
    await addCoSignature(remote.path, commit, 'three\n');
    expect(await notes('show', commit)).toBe('one\n\ntwo\nthree');
  });
});
