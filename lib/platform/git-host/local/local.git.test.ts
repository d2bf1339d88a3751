import { join } from 'node:path';
import { writeFile, mkdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, testFolder, testGitRepository } from '../../../../dev/test/index.ts';
import { commitFolder, git } from '../../../../dev/git-host/index.ts';
import { parseCommitSha, type CommitSha } from '../../../core/ids/index.ts';
import { openDatabase, type Database } from '../../db/index.ts';
import { openLocalGitHost, type LocalGitHost } from './open.ts';
import { headOf } from './git.ts';

const author = { id: '900001', login: 'mara' };
const reviewer = { id: '900002', login: 'alex' };

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

  it('takes a change from a branch to main, as other git sees it too', async () => {
    const { head, pull } = await propose('change-a');
    expect(pull).toMatchObject({ state: 'open', author, head: { commit: head }, base: { commit: base } });
    expect(await git(remote.path, 'show', `${head}:projects/a.yaml`)).toBe('a: 2');
    expect(await host.mergeState(pull.number)).toMatchObject({ mergeable: true, aheadBy: 1, behindBy: 0 });
    const merged = await host.merge({
      number: pull.number,
      expectedHead: head,
      expectedBase: base,
      method: 'fast-forward',
      title: '',
    });
    expect(merged).toBe(head);
    expect(await headOf(remote.path, 'main')).toBe(head);
    expect(await host.pullRequest(pull.number)).toMatchObject({ state: 'merged', mergeCommit: head });
    expect(await host.openPullRequests()).toEqual([]);
  });

  it('does the same thing once, however often it is asked', async () => {
    const input = { branch: 'twice', base, message: 'Twice', changes: change('a: 3\n') };
    expect(await host.createBranch(input)).toBe(await host.createBranch(input));
    const open = { branch: 'twice', base: 'main', title: 'Twice', body: '' };
    const [one, two] = [await host.openPullRequest(open), await host.openPullRequest(open)];
    expect(two.number).toBe(one.number);
    const merge = {
      number: one.number,
      expectedHead: one.head.commit,
      expectedBase: base,
      method: 'merge',
      title: 'Merge',
    } as const;
    expect(await host.merge(merge)).toBe(await host.merge(merge));
    await expect(host.createBranch({ ...input, changes: change('a: 4\n') })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  it('merges only what was looked at', async () => {
    const { head, pull } = await propose('moving');
    const next = await host.addCommit({
      branch: 'moving',
      expectedHead: head,
      message: 'More',
      changes: change('a: 9\n'),
    });
    const merge = { number: pull.number, expectedBase: base, method: 'fast-forward', title: '' } as const;
    await expect(host.merge({ ...merge, expectedHead: head })).rejects.toMatchObject({ code: 'CONFLICT' });
    const other = await host.createBranch({
      branch: 'other',
      base,
      message: 'Other',
      changes: change('x\n', 'README.md'),
    });
    await git(remote.path, 'update-ref', 'refs/heads/main', other);
    await expect(host.merge({ ...merge, expectedHead: next })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(host.merge({ ...merge, expectedHead: next, expectedBase: other })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(await host.mergeState(pull.number)).toMatchObject({ mergeable: true, behindBy: 1 });
    const merged = await host.merge({
      ...merge,
      expectedHead: next,
      expectedBase: other,
      method: 'merge',
      title: 'Merge both',
    });
    expect((await git(remote.path, 'rev-list', '--parents', '-n', '1', merged)).split(' ')).toEqual([
      merged,
      other,
      next,
    ]);
  });

  it('says that lines conflict and merges nothing', async () => {
    const { head, pull } = await propose('conflicting');
    const other = await host.createBranch({
      branch: 'rival',
      base,
      message: 'Rival',
      changes: change('a: 7\n'),
    });
    await git(remote.path, 'update-ref', 'refs/heads/main', other);
    expect(await host.mergeState(pull.number)).toMatchObject({ mergeable: false });
    const merge = {
      number: pull.number,
      expectedHead: head,
      expectedBase: other,
      method: 'merge',
      title: 'x',
    } as const;
    await expect(host.merge(merge)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await headOf(remote.path, 'main')).toBe(other);
  });

  it('lets nobody approve a change of their own, nor a head that moved on', async () => {
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

  it('keeps one sticky comment for each marker and one result for each check', async () => {
    const { head, pull } = await propose('talked-about');
    const say = (body: string) => host.setStickyComment({ number: pull.number, marker: 'plan', body });
    expect((await say('plan 1')).outcome).toBe('created');
    expect((await say('plan 2')).outcome).toBe('edited');
    expect((await say('plan 2')).outcome).toBe('unchanged');
    const annotation = {
      path: 'projects/a.yaml',
      startLine: 1,
      endLine: 1,
      level: 'failure',
      title: 't',
      message: 'm',
    } as const;
    const result = {
      commit: head,
      name: 'policy',
      externalId: 'one',
      conclusion: 'failure',
      title: 't',
      summary: 's',
      annotations: [annotation],
    } as const;
    expect((await host.publishCheck(result)).id).toBe((await host.publishCheck(result)).id);
    expect(await host.checks(head)).toMatchObject([
      { name: 'policy', conclusion: 'failure', annotationsCount: 1 },
    ]);
  });

  it('compares commits by what changed in them', async () => {
    const head = await host.createBranch({
      branch: 'compared',
      base,
      message: 'Several',
      changes: [...change(null, 'README.md'), ...change('b: 1\n', 'projects/b.yaml'), ...change('a: 8\n')],
    });
    const comparison = await host.compare({ base, head });
    expect(comparison).toMatchObject({ status: 'ahead', mergeBase: base, aheadBy: 1, behindBy: 0 });
    expect(comparison.files.map((file) => `${file.status} ${file.path}`).sort()).toEqual([
      'added projects/b.yaml',
      'modified projects/a.yaml',
      'removed README.md',
    ]);
    const bytes = await host.readFile({ commit: head, path: 'projects/b.yaml' });
    expect(new TextDecoder().decode(bytes ?? undefined)).toBe('b: 1\n');
    expect(await host.readFile({ commit: head, path: 'README.md' })).toBeNull();
    expect(await host.readFile({ commit: head, path: ':(glob)**' })).toBeNull();
  });

  it('refuses names and paths that lead elsewhere, and a change to main past a pull request', async () => {
    const input = { base, message: 'x', changes: change('x') };
    for (const branch of ['-x', '../main', 'a..b', 'a.lock', 'a b', '']) {
      await expect(host.createBranch({ ...input, branch }), branch).rejects.toMatchObject({
        code: 'INVALID',
      });
    }
    for (const path of ['../x', '/x', 'a//b', '.git/config', 'a/./b', 'a\\b', 'a\nb', '']) {
      await expect(
        host.createBranch({ ...input, branch: 'odd', changes: change('x', path) }),
        path,
      ).rejects.toMatchObject({ code: 'INVALID' });
    }
    await expect(host.createBranch({ ...input, branch: 'main' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(host.pullRequest(999_999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('writes commits nobody can sign somebody else’s name under', async () => {
    const odd = as({ id: '900009', login: 'Mallory <root@example.org>\nauthor x' });
    const head = await odd.createBranch({ branch: 'odd-name', base, message: 'x', changes: change('z\n') });
    expect(await git(remote.path, 'show', '-s', '--format=%ae|%an', head)).toMatch(
      /^900009@people\.countersign\.invalid\|[^<>\n]+$/,
    );
  });
});
