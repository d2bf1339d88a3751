/**
 * The Git host of the embedded default: a bare repository on this machine, with pull requests, comments, reviews and
 * checks in the portal's tables. Maintainers clone and push branches over smart HTTP; main moves only here.
 */
import { sameIdentity } from '#core/identity/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { GitHostError } from '../error.ts';
import type { GitHost, Review } from '../git-host.ts';
import { localChecks } from './checks.ts';
import { commitChanges, isSameCommit, writeCommit } from './commits.ts';
import { compareCommits, distance, mergedTree } from './compare.ts';
import { headOf, isAncestor, listBranches, moveBranch } from './git.ts';
import { localPullRequests } from './pull-requests.ts';
import { addCoSignature, readCoSignatures } from './co-signatures.ts';
import { readFileAt } from './read-file.ts';
import type { LocalGitHostOptions } from './options.ts';

export interface LocalGitHost extends GitHost {
  /**
   * A review by the account this host was opened for, on the head as it stands. CONFLICT where that moved. `dismissed`
   * withdraws this account's earlier review.
   */
  submitReview(input: {
    readonly number: number;
    readonly state: Review['state'];
    readonly commit: CommitSha;
    readonly body: string;
  }): Promise<Review>;
}

export function openLocalGitHost(options: LocalGitHostOptions): LocalGitHost {
  const { repository, account, now } = options;
  const pulls = localPullRequests(options);
  const requireHead = async (branch: string): Promise<CommitSha> => {
    const head = await headOf(repository, branch);
    if (head === null) throw new GitHostError('NOT_FOUND', `there is no branch ${branch}`);
    return head;
  };

  const commitOn = async (
    input: { branch: string; message: string; changes: Parameters<GitHost['createBranch']>[0]['changes'] },
    parent: CommitSha,
    expected: CommitSha | null,
  ): Promise<CommitSha> => {
    if (input.branch === options.mainBranch) {
      throw new GitHostError('FORBIDDEN', `${input.branch} changes only by merging a pull request`);
    }
    const change = { repository, parent, message: input.message, changes: input.changes };
    const standing = await headOf(repository, input.branch);
    // A caller that was interrupted asks again: the commit may exist already.
    if (standing !== null && standing !== expected && (await isSameCommit(standing, change))) return standing;
    if (standing !== expected)
      throw new GitHostError('CONFLICT', `${input.branch} stands at ${standing ?? 'nothing'}`);
    const commit = await commitChanges({ ...change, author: account, at: now() });
    await moveBranch(repository, input.branch, commit, expected);
    return commit;
  };

  return {
    branchHead: (branch) => headOf(repository, branch),
    branches: () => listBranches(repository),
    createBranch: (input) => commitOn(input, input.base, null),
    addCommit: (input) => commitOn(input, input.expectedHead, input.expectedHead),
    openPullRequest: pulls.open,
    updatePullRequest: pulls.update,
    closePullRequest: pulls.close,
    pullRequest: pulls.read,
    openPullRequests: pulls.listOpen,
    closedPullRequests: pulls.listClosed,
    setStickyComment: pulls.setStickyComment,
    reviews: pulls.reviews,
    ...localChecks(options),

    async mergeState(number) {
      const pull = await pulls.read(number);
      const base = await requireHead(pull.base.branch);
      const head = pull.head.commit;
      const tree = pull.state === 'open' ? await mergedTree(repository, base, head) : null;
      return {
        state: pull.state,
        draft: false,
        head,
        base,
        mergeable: tree !== null,
        ...(await distance(repository, base, head)),
      };
    },

    async merge({ number, expectedHead, expectedBase, method, title }) {
      const pull = await pulls.read(number);
      if (pull.state === 'merged' && pull.mergeCommit !== null && pull.head.commit === expectedHead)
        return pull.mergeCommit;
      if (pull.state !== 'open')
        throw new GitHostError('CONFLICT', `pull request ${number} is ${pull.state}`);
      const base = await requireHead(pull.base.branch);
      if (pull.head.commit !== expectedHead)
        throw new GitHostError('CONFLICT', `the head moved to ${pull.head.commit}`);
      // Interrupted between moving the branch and recording it: the merge is done already.
      if (base !== expectedBase && (await isAncestor(repository, expectedHead, base))) {
        await pulls.markMerged(number, { head: expectedHead, base: expectedBase, commit: base });
        return base;
      }
      if (base !== expectedBase) throw new GitHostError('CONFLICT', `${pull.base.branch} moved to ${base}`);
      const commit =
        method === 'fast-forward'
          ? await fastForward(base, expectedHead)
          : await mergeCommit([base, expectedHead], title);
      await moveBranch(repository, pull.base.branch, commit, base);
      await pulls.markMerged(number, { head: expectedHead, base, commit });
      return commit;
    },

    async submitReview({ number, state, commit, body }) {
      const pull = await pulls.read(number);
      if (pull.state !== 'open')
        throw new GitHostError('CONFLICT', `pull request ${number} is ${pull.state}`);
      if (pull.head.commit !== commit)
        throw new GitHostError('CONFLICT', `the head moved to ${pull.head.commit}; review it again`);
      if (sameIdentity(pull.author, account) && state === 'approved') {
        throw new GitHostError('FORBIDDEN', 'nobody approves a change of their own');
      }
      return pulls.addReview({ number, state, commit, body });
    },

    async updateBranch({ number, expectedHead, expectedBase }) {
      const pull = await pulls.read(number);
      if (pull.state !== 'open')
        throw new GitHostError('CONFLICT', `pull request ${number} is ${pull.state}`);
      const base = await requireHead(pull.base.branch);
      if (base !== expectedBase) throw new GitHostError('CONFLICT', `${pull.base.branch} moved to ${base}`);
      const head = pull.head.commit;
      if (await isAncestor(repository, base, head)) {
        // It may exist already, from an earlier attempt whose answer was lost.
        if (head === expectedHead || (await isAncestor(repository, expectedHead, head))) return head;
      }
      if (head !== expectedHead) throw new GitHostError('CONFLICT', `the head moved to ${head}`);
      const commit = await mergeCommit([head, base], `Merge ${pull.base.branch} into ${pull.head.branch}`);
      await moveBranch(repository, pull.head.branch, commit, head);
      return commit;
    },

    coSignatures: (commit) => readCoSignatures(repository, commit),
    addCoSignature: ({ commit, signature }) => addCoSignature(repository, commit, signature),
    readFile: ({ commit, path }) => readFileAt(repository, commit, path),
    compare: ({ base, head }) => compareCommits(repository, base, head),
  };

  async function fastForward(base: CommitSha, head: CommitSha): Promise<CommitSha> {
    if (await isAncestor(repository, base, head)) return head;
    throw new GitHostError('CONFLICT', 'the branch does not hold all of main: rebase it and ask again');
  }

  async function mergeCommit(
    parents: readonly [onto: CommitSha, other: CommitSha],
    title: string,
  ): Promise<CommitSha> {
    const tree = await mergedTree(repository, ...parents);
    if (tree === null)
      throw new GitHostError('CONFLICT', 'the two branches change the same lines: rebase and ask again');
    return writeCommit({
      repository,
      tree,
      parents,
      message: title,
      author: account,
      at: now(),
    });
  }
}
