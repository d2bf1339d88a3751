/** What every Git host promises, whatever is behind it. Both implementations are held to this one text. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommitSha } from '#core/ids/index.ts';
import { standingReviews } from './index.ts';
import type { GitHost, Review } from './index.ts';

export interface HostUnderTest {
  readonly host: GitHost;
  /** Somebody else pushes a commit that sets files (null removes), on top of the branch or, rewriting it, of `onto`. */
  push(input: {
    readonly branch: string;
    readonly changes: Readonly<Record<string, string | null>>;
    readonly onto?: CommitSha;
  }): Promise<CommitSha>;
  /** Somebody who is not the author reviews. */
  review(number: number, state: Review['state']): Promise<void>;
  release(): Promise<void>;
}

/** The host begins with these on main. */
export const contractFiles = {
  'projects/a.yaml': 'a: 1\nb: 1\nc: 1\nd: 1\ne: 1\n',
  'README.md': 'policies\n',
};
const file = 'projects/a.yaml';
const text = contractFiles[file];
const signature = (mark: string): string =>
  `-----BEGIN SSH SIGNATURE-----\n${mark}\n-----END SSH SIGNATURE-----\n`;

export function describeGitHost(name: string, open: () => Promise<HostUnderTest>): void {
  describe(`the promises of a Git host: ${name}`, () => {
    let under: HostUnderTest;
    let host: GitHost;
    let base: CommitSha;
    beforeEach(async () => {
      under = await open();
      ({ host } = under);
      base = await mainHead();
    });
    afterEach(() => under.release());

    const mainHead = async (): Promise<CommitSha> => {
      const head = await host.branchHead('main');
      if (head === null) throw new Error('there is no main');
      return head;
    };
    const changed = (content: string) => [{ path: file, content }];
    const branch = (named: string, content = text.replace('a: 1', 'a: 2')) =>
      host.createBranch({ branch: named, base, message: 'Change a', changes: changed(content) });
    const propose = async (named: string, content?: string) => {
      const head = await branch(named, content);
      const pull = await host.openPullRequest({
        branch: named,
        base: 'main',
        title: 'Change a',
        body: 'Because.',
      });
      return { head, pull, number: pull.number };
    };
    const read = async (commit: CommitSha, path = file): Promise<string | null> => {
      const bytes = await host.readFile({ commit, path });
      return bytes === null ? null : new TextDecoder().decode(bytes);
    };

    it('creates a branch once, and refuses another of its name', async () => {
      const head = await branch('one');
      expect(await branch('one')).toBe(head);
      expect(await host.branchHead('one')).toBe(head);
      expect(await host.branchHead('two')).toBeNull();
      await expect(branch('one', 'other\n')).rejects.toMatchObject({ code: 'CONFLICT' });
      expect((await host.branches()).map((each) => each.branch)).toEqual(['main', 'one']);
    });

    it('adds a commit only if the branch hasn’t moved', async () => {
      const head = await branch('one');
      const input = { branch: 'one', expectedHead: head, message: 'More', changes: changed('a: 3\n') };
      const next = await host.addCommit(input);
      expect(await host.addCommit(input)).toBe(next);
      const pushed = await under.push({ branch: 'one', changes: { 'README.md': 'pushed\n' } });
      const late = { ...input, changes: changed('a: 4\n') };
      await expect(host.addCommit(late)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await host.branchHead('one')).toBe(pushed);
    });

    it('opens, edits and closes a pull request, each idempotently', async () => {
      const { number, head } = await propose('one');
      const again = await host.openPullRequest({ branch: 'one', base: 'main', title: 'Again', body: '' });
      expect(again).toMatchObject({ number, state: 'open', head: { commit: head }, base: { commit: base } });
      const edited = await host.updatePullRequest({ number, title: 'Clearer', body: 'Longer.' });
      expect(edited).toMatchObject({ title: 'Clearer', body: 'Longer.' });
      const other = await propose('two');
      expect((await host.openPullRequests()).map((request) => request.number)).toEqual([
        number,
        other.number,
      ]);
      expect(await host.closedPullRequests({ limit: 10 })).toEqual([]);
      expect(await host.closePullRequest(number)).toMatchObject({ state: 'closed' });
      expect(await host.closePullRequest(number)).toMatchObject({ state: 'closed' });
      expect((await host.openPullRequests()).map((request) => request.number)).toEqual([other.number]);
      expect((await host.closedPullRequests({ limit: 10 })).map((request) => request.number)).toEqual([
        number,
      ]);
      expect(await host.closedPullRequests({ limit: 0 })).toEqual([]);
      await expect(host.pullRequest(999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('keeps one comment for each marker', async () => {
      const { number } = await propose('one');
      const say = async (marker: string, body: string) =>
        (await host.setStickyComment({ number, marker, body })).outcome;
      expect(await say('plan', 'plan 1')).toBe('created');
      expect(await say('plan', 'plan 2')).toBe('edited');
      expect(await say('plan', 'plan 2')).toBe('unchanged');
      expect(await say('other', 'plan 2')).toBe('created');
      await expect(say('No Marker', 'x')).rejects.toMatchObject({ code: 'INVALID' });
    });

    it('keeps one result for each check, with all its annotations', async () => {
      const head = await branch('one');
      const annotations = Array.from({ length: 120 }, (_, index) => ({
        path: file,
        startLine: index + 1,
        endLine: index + 1,
        level: 'warning' as const,
        title: 'rule',
        message: 'why',
      }));
      const about = { title: 'Plan', summary: 'It loosens.', conclusion: 'neutral' as const, annotations };
      const result = { commit: head, name: 'policy', externalId: 'one', ...about };
      const run = await host.publishCheck(result);
      expect(await host.publishCheck(result)).toEqual(run);
      expect(run).toMatchObject({ conclusion: 'neutral', annotationsCount: 120 });
      await host.publishCheck({ ...result, externalId: 'two', conclusion: 'failure' });
      const found = (await host.checks(head)).map(
        (each) => `${each.externalId ?? ''} ${each.conclusion ?? ''}`,
      );
      expect(found).toEqual(['one neutral', 'two failure']);
    });

    it('relates reviews to the head they were made on: a forced push outdates an approval, not an objection', async () => {
      const { pull, number, head } = await propose('one');
      await under.review(number, 'approved');
      const stands = async () =>
        standingReviews({
          reviews: await host.reviews(number),
          head: (await host.pullRequest(number)).head.commit,
          author: pull.author,
        });
      expect(await stands()).toMatchObject({ approvals: [{ commit: head }], outdated: [] });
      await under.push({ branch: 'one', changes: { [file]: 'a: 0\n' }, onto: base });
      expect(await stands()).toMatchObject({ approvals: [], outdated: [{ commit: head }] });
      await under.review(number, 'changes_requested');
      await under.push({ branch: 'one', changes: { [file]: 'a: 7\n' }, onto: base });
      expect(await stands()).toMatchObject({ objections: [{ state: 'changes_requested' }] });
    });

    it('says how far a pull request is from its base, and whether it can be merged', async () => {
      const { number, head } = await propose('one');
      const now = { state: 'open', head, base, mergeable: true, aheadBy: 1, behindBy: 0 };
      expect(await host.mergeState(number)).toMatchObject(now);
      const moved = await under.push({ branch: 'main', changes: { 'README.md': 'moved\n' } });
      expect(await host.mergeState(number)).toMatchObject({ ...now, base: moved, behindBy: 1 });
      await under.push({ branch: 'main', changes: { [file]: text.replace('a: 1', 'a: 9') } });
      expect(await host.mergeState(number)).toMatchObject({ mergeable: false, behindBy: 2 });
    });

    it.each(['fast-forward', 'merge'] as const)('merges by %s what was reviewed, once', async (method) => {
      const { number, head } = await propose('one');
      const input = { number, expectedHead: head, expectedBase: base, method, title: 'Merge it' };
      const commit = await host.merge(input);
      expect(await host.merge(input)).toBe(commit);
      expect(await mainHead()).toBe(commit);
      if (method === 'fast-forward') expect(commit).toBe(head);
      expect(await host.pullRequest(number)).toMatchObject({ state: 'merged', mergeCommit: commit });
      await expect(host.closePullRequest(number)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await host.openPullRequests()).toEqual([]);
    });

    it.each(['fast-forward', 'merge'] as const)('merges nothing else by %s', async (method) => {
      const { number, head } = await propose('one');
      const input = { number, expectedHead: head, expectedBase: base, method, title: 'Merge it' };
      const next = await under.push({ branch: 'one', changes: { [file]: 'a: 5\n' } });
      await expect(host.merge(input)).rejects.toMatchObject({ code: 'CONFLICT' });
      const moved = await under.push({ branch: 'main', changes: { 'README.md': 'moved\n' } });
      const late = { ...input, expectedHead: next };
      await expect(host.merge(late)).rejects.toMatchObject({ code: 'CONFLICT' });
      if (method === 'fast-forward') {
        await expect(host.merge({ ...late, expectedBase: moved })).rejects.toMatchObject({
          code: 'CONFLICT',
        });
      }
      await host.closePullRequest(number);
      await expect(host.merge({ ...late, expectedBase: moved })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await mainHead()).toBe(moved);
    });

    it('brings a branch up to date, so that it can be fast-forwarded', async () => {
      const { number, head } = await propose('one');
      const moved = await under.push({ branch: 'main', changes: { 'README.md': 'moved\n' } });
      const input = { number, expectedHead: head, expectedBase: moved };
      const updated = await host.updateBranch(input);
      expect(await host.updateBranch(input)).toBe(updated);
      expect(await host.mergeState(number)).toMatchObject({ head: updated, behindBy: 0 });
      expect(await read(updated)).toBe(text.replace('a: 1', 'a: 2'));
      expect(await read(updated, 'README.md')).toBe('moved\n');
      const merge = { number, expectedHead: updated, expectedBase: moved, title: '' };
      expect(await host.merge({ ...merge, method: 'fast-forward' })).toBe(updated);
    });

    it('doesn’t update a branch that moved or conflicts with its base', async () => {
      const { number, head } = await propose('one');
      const moved = await under.push({ branch: 'main', changes: { [file]: text.replace('a: 1', 'a: 9') } });
      const input = { number, expectedHead: head, expectedBase: moved };
      await expect(host.updateBranch({ ...input, expectedBase: base })).rejects.toMatchObject({
        code: 'CONFLICT',
      });
      await expect(host.updateBranch(input)).rejects.toMatchObject({ code: 'CONFLICT' });
      const pushed = await under.push({ branch: 'one', changes: { [file]: 'a: 5\n' } });
      await expect(host.updateBranch(input)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await host.branchHead('one')).toBe(pushed);
      const { number: current, head: same } = await propose('two', text.replace('e: 1', 'e: 2'));
      await host.closePullRequest(current);
      const closed = { number: current, expectedHead: same, expectedBase: moved };
      await expect(host.updateBranch(closed)).rejects.toMatchObject({ code: 'CONFLICT' });
    });

    it('leaves a branch that contains all of its base as it is', async () => {
      const { number, head } = await propose('one');
      expect(await host.updateBranch({ number, expectedHead: head, expectedBase: base })).toBe(head);
    });

    it('keeps all signatures beside a commit, each once, also concurrent ones', async () => {
      const head = await branch('one');
      const other = await branch('two', 'a: 8\n');
      expect(await host.coSignatures(head)).toBeNull();
      await host.addCoSignature({ commit: head, signature: signature('first') });
      await host.addCoSignature({ commit: head, signature: signature('first') });
      expect(await host.coSignatures(head)).toBe(signature('first'));
      await Promise.all([
        host.addCoSignature({ commit: head, signature: signature('second') }),
        host.addCoSignature({ commit: other, signature: signature('third') }),
        host.addCoSignature({ commit: head, signature: signature('fourth') }),
      ]);
      const signed = (await host.coSignatures(head)) ?? '';
      for (const mark of ['first', 'second', 'fourth']) expect(signed.split(mark)).toHaveLength(2);
      expect(await host.coSignatures(other)).toBe(signature('third'));
      const long = { commit: head, signature: signature('x'.repeat(70_000)) };
      await expect(host.addCoSignature(long)).rejects.toMatchObject({ code: 'INVALID' });
      expect(await host.coSignatures(head)).toBe(signed);
    });

    it('makes an empty commit with a message and a date, once', async () => {
      const commit = { branch: 'renewed', base, message: 'As it is', changes: [] };
      const head = await host.createBranch(commit);
      expect(head).not.toBe(base);
      expect(await host.createBranch(commit)).toBe(head);
      expect(await read(head)).toBe(await read(base));
      const compared = await host.compare({ base, head });
      expect(compared).toMatchObject({ aheadBy: 1, behindBy: 0, files: [] });
    });

    it('reads files of a commit, null for missing ones, and no folders', async () => {
      const head = await branch('one', 'ä: ⚖️\n');
      expect(await read(head)).toBe('ä: ⚖️\n');
      expect(await read(base)).toBe(text);
      expect(await read(head, 'projects/none.yaml')).toBeNull();
      await expect(host.readFile({ commit: head, path: 'projects' })).rejects.toMatchObject({
        code: 'INVALID',
      });
    });

    it('compares commits by what changed since their merge base', async () => {
      const head = await host.createBranch({
        branch: 'one',
        base,
        message: 'Several',
        changes: [
          { path: 'README.md', content: null },
          { path: 'people/b.yaml', content: 'b: 1\n' },
          ...changed('a: 8\n'),
        ],
      });
      await under.push({ branch: 'main', changes: { LICENSE: 'free\n' } });
      const comparison = await host.compare({ base: await mainHead(), head });
      expect(comparison).toMatchObject({ status: 'diverged', mergeBase: base, aheadBy: 1, behindBy: 1 });
      expect(comparison.files.map((each) => `${each.status} ${each.path}`).sort()).toEqual([
        'added people/b.yaml',
        'modified projects/a.yaml',
        'removed README.md',
      ]);
    });

    it.each(['../x', '/x', 'a//b', '.git/config', 'a/./b', 'a\\b', 'a\nb', ''])(
      'commits no file under the path %j',
      async (path) => {
        const input = { branch: 'odd', base, message: 'x', changes: [{ path, content: 'x' }] };
        await expect(host.createBranch(input)).rejects.toMatchObject({ code: 'INVALID' });
        expect(await host.branchHead('odd')).toBeNull();
      },
    );
  });
}
