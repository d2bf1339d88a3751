/** Whether a pull request can be merged, and merging exactly what was reviewed. */
import { setTimeout as wait } from 'node:timers/promises';
import { isError } from '#core/error/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { GitHostError } from '../error.ts';
import type { GitHost } from '../git-host.ts';
import type { Ask } from './ask.ts';
import { merged, nothing, pullRequestWithMergeability, reference } from './wire.ts';

/** GitHub works mergeability out in the background and says null meanwhile. */
const looksMax = 4;
const updateLooksMax = 6;

type Needs = Pick<GitHost, 'branchHead' | 'compare'>;

export function createMerging(
  ask: Ask,
  host: Needs,
  secondMilliseconds: number,
): Pick<GitHost, 'mergeState' | 'updateBranch' | 'merge'> {
  const read = (number: number) =>
    ask.read(
      'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      { pull_number: number },
      pullRequestWithMergeability,
    );
  const baseHead = async (branch: string): Promise<CommitSha> => {
    const head = await host.branchHead(branch);
    if (head === null) throw new GitHostError('CONFLICT', `the base branch ${branch} is gone`);
    return head;
  };

  const follows = async (ancestor: CommitSha, commit: CommitSha): Promise<boolean> =>
    (await host.compare({ base: ancestor, head: commit })).behindBy === 0;

  return {
    async mergeState(number) {
      let pull = await read(number);
      for (let look = 1; look < looksMax && pull.state === 'open' && pull.mergeable === null; look += 1) {
        await wait(look * secondMilliseconds);
        pull = await read(number);
      }
      const base = await baseHead(pull.base.branch);
      const { aheadBy, behindBy } = await host.compare({ base, head: pull.head.commit });
      const { state, draft, mergeable } = pull;
      return { state, draft, head: pull.head.commit, base, mergeable, aheadBy, behindBy };
    },
    async updateBranch({ number, expectedHead, expectedBase }) {
      const conflict = (why: string, cause?: unknown): GitHostError =>
        new GitHostError('CONFLICT', `pull request ${number} ${why}`, { cause });
      const before = await read(number);
      if (before.state !== 'open') throw conflict(`is ${before.state}`);
      const base = await baseHead(before.base.branch);
      if (base !== expectedBase) throw conflict(`goes onto ${before.base.branch} at ${base}`);
      const holds = async (head: CommitSha): Promise<boolean> =>
        (await host.compare({ base: expectedBase, head })).behindBy === 0;
      const head = before.head.commit;
      // It may exist already, from an earlier attempt whose answer was lost.
      if ((await holds(head)) && (head === expectedHead || (await follows(expectedHead, head)))) return head;
      if (head !== expectedHead) throw conflict(`stands at ${head}, not at ${expectedHead}`);
      try {
        const asked = { pull_number: number, expected_head_sha: expectedHead };
        await ask.write('PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch', asked, nothing);
      } catch (error) {
        if (!isError(error, GitHostError) || error.code !== 'INVALID') throw error;
        throw conflict('can’t be brought up to date: its head moved, or it conflicts', error);
      }
      // GitHub answers 202 and does it a moment later.
      for (let look = 1; look <= updateLooksMax; look += 1) {
        const now = (await read(number)).head.commit;
        if (now !== expectedHead) {
          if (await holds(now)) return now;
          throw conflict(`moved to ${now} meanwhile`);
        }
        await wait(look * secondMilliseconds);
      }
      throw new GitHostError('UNAVAILABLE', `GitHub has not brought pull request ${number} up to date yet`);
    },
    async merge({ number, expectedHead, expectedBase, method, title }) {
      const conflict = (why: string, cause?: unknown): GitHostError =>
        new GitHostError('CONFLICT', `pull request ${number} ${why}`, { cause });
      const before = await read(number);
      if (before.head.commit !== expectedHead) {
        throw conflict(`stands at ${before.head.commit}, not at ${expectedHead}`);
      }
      if (before.state === 'merged' && before.mergeCommit !== null) return before.mergeCommit;
      if (before.state !== 'open') throw conflict('is closed');
      const base = await baseHead(before.base.branch);
      // A fast-forward whose answer was lost, and whose pull request GitHub hasn't marked yet.
      if (method === 'fast-forward' && base === expectedHead) return base;
      if (base !== expectedBase) {
        throw conflict(`goes onto ${before.base.branch} at ${base}, not at ${expectedBase}`);
      }
      try {
        if (method === 'fast-forward') {
          // GitHub moves it only where the new commit descends from where the branch stands at that moment.
          const asked = { ref: `heads/${before.base.branch}`, sha: expectedHead, force: false };
          const route = 'PATCH /repos/{owner}/{repo}/git/refs/{ref}';
          return (await ask.write(route, asked, reference)).commit;
        }
        const asked = { pull_number: number, sha: expectedHead, merge_method: 'merge', commit_title: title };
        return (await ask.write('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', asked, merged)).sha;
      } catch (error) {
        const after = await read(number);
        const done = after.state === 'merged' && after.head.commit === expectedHead;
        if (done && after.mergeCommit !== null) return after.mergeCommit;
        if (method === 'fast-forward') {
          const now = await baseHead(before.base.branch);
          if (now === expectedHead) return now;
          if (isError(error, GitHostError) && error.code === 'INVALID') {
            throw conflict(`isn't ahead of ${before.base.branch} at ${now} alone`, error);
          }
        }
        throw error;
      }
    },
  };
}
