/** Pull requests, their sticky comments and reviews, as rows of the portal. Head and base are read from git. */
import { isUniqueViolation, isWriteConflict } from '../../db/index.ts';
import type { PullRequest as Row, PullRequestReview } from '../../db/index.ts';
import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import { GitHostError } from '../error.ts';
import type { GitHost, PullRequest, Review } from '../git-host.ts';
import { headOf } from './git.ts';
import type { LocalGitHostOptions } from './options.ts';

/** Local branches all live in the one repository there is. */
const localRepositoryId = 'local';
const titleCharactersMax = 256;
const bodyCharactersMax = 64 * 1024;
const rowsMax = 1000;
const closedMax = 100;
const triesMax = 5;

type Verbs = Pick<GitHost, 'openPullRequests' | 'closedPullRequests' | 'setStickyComment' | 'reviews'>;

export interface LocalPullRequests {
  readonly open: GitHost['openPullRequest'];
  readonly update: GitHost['updatePullRequest'];
  readonly close: GitHost['closePullRequest'];
  readonly read: GitHost['pullRequest'];
  readonly listOpen: Verbs['openPullRequests'];
  readonly listClosed: Verbs['closedPullRequests'];
  readonly setStickyComment: Verbs['setStickyComment'];
  readonly reviews: Verbs['reviews'];
  markMerged(number: number, at: { head: CommitSha; base: CommitSha; commit: CommitSha }): Promise<void>;
  addReview(input: {
    number: number;
    state: Review['state'];
    commit: CommitSha;
    body: string;
  }): Promise<Review>;
}

export function localPullRequests(options: LocalGitHostOptions): LocalPullRequests {
  const { db, repository, account, now } = options;

  const read = async (number: number): Promise<PullRequest> => {
    const row =
      Number.isSafeInteger(number) && number > 0
        ? await db.pullRequest.findUnique({ where: { number } })
        : null;
    if (row === null) throw new GitHostError('NOT_FOUND', `there is no pull request ${number}`);
    return view(row);
  };

  const view = async (row: Row): Promise<PullRequest> => {
    const open = row.state === 'open';
    const head = open ? await headOf(repository, row.branch) : null;
    const base = open ? await headOf(repository, row.baseBranch) : null;
    return {
      number: row.number,
      title: row.title,
      body: row.body,
      state: row.state === 'open' || row.state === 'merged' ? row.state : 'closed',
      draft: false,
      author: { host: row.authorHost, id: row.authorId, login: row.authorLogin },
      head: {
        branch: row.branch,
        commit: head ?? parseCommitSha(row.headCommit),
        repositoryId: localRepositoryId,
      },
      base: {
        branch: row.baseBranch,
        commit: base ?? parseCommitSha(row.baseCommit),
        repositoryId: localRepositoryId,
      },
      mergeCommit: row.mergeCommit === null ? null : parseCommitSha(row.mergeCommit),
      url: `${options.url}/${row.number}`,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    };
  };

  const change = async (
    number: number,
    data: Partial<Pick<Row, 'title' | 'body' | 'state' | 'headCommit' | 'baseCommit' | 'mergeCommit'>>,
  ): Promise<PullRequest> => {
    const row = await db.pullRequest.update({ where: { number }, data: { ...data, updatedAt: now() } });
    return view(row);
  };

  return {
    read,

    async open({ branch, base, title, body }) {
      checkTexts(title, body);
      const [head, target] = [await headOf(repository, branch), await headOf(repository, base)];
      if (head === null) throw new GitHostError('NOT_FOUND', `there is no branch ${branch}; push it first`);
      if (target === null) throw new GitHostError('NOT_FOUND', `there is no branch ${base}`);
      if (head === target) throw new GitHostError('INVALID', `${branch} holds no commit that ${base} lacks`);
      const where = { branch, baseBranch: base, state: 'open' };
      const data = {
        ...where,
        title,
        body,
        authorHost: account.host,
        authorId: account.id,
        authorLogin: account.login,
        headCommit: head,
        baseCommit: target,
        createdAt: now(),
        updatedAt: now(),
      };
      for (let tries = 1; ; tries += 1) {
        try {
          const row = await db.$transaction(
            async (transaction) =>
              (await transaction.pullRequest.findFirst({ where, orderBy: { number: 'asc' } })) ??
              transaction.pullRequest.create({ data }),
            { isolationLevel: 'Serializable' },
          );
          return await view(row);
        } catch (error) {
          if (!isWriteConflict(error) || tries >= triesMax) throw error;
        }
      }
    },

    async update({ number, title, body }) {
      checkTexts(title ?? 'x', body ?? '');
      await read(number);
      return change(number, {
        ...(title === undefined ? {} : { title }),
        ...(body === undefined ? {} : { body }),
      });
    },

    async close(number) {
      const pull = await read(number);
      if (pull.state === 'merged') throw new GitHostError('CONFLICT', `pull request ${number} is merged`);
      if (pull.state === 'closed') return pull;
      return change(number, { state: 'closed', headCommit: pull.head.commit, baseCommit: pull.base.commit });
    },

    async listOpen() {
      const rows = await db.pullRequest.findMany({
        where: { state: 'open' },
        orderBy: { number: 'asc' },
        take: rowsMax + 1,
      });
      if (rows.length > rowsMax) throw new GitHostError('PARTIAL', `over ${rowsMax} pull requests are open`);
      return Promise.all(rows.map(view));
    },

    async listClosed({ limit }) {
      const rows = await db.pullRequest.findMany({
        where: { state: { not: 'open' } },
        orderBy: [{ updatedAt: 'desc' }, { number: 'desc' }],
        take: Math.max(0, Math.min(closedMax, limit)),
      });
      return Promise.all(rows.map(view));
    },

    async setStickyComment({ number, marker, body }) {
      if (!/^[a-z0-9-]{1,64}$/.test(marker))
        throw new GitHostError('INVALID', `${JSON.stringify(marker)} is no marker`);
      checkTexts('x', body);
      const { url } = await read(number);
      const where = { number_marker: { number, marker } };
      const standing = await db.pullRequestComment.findUnique({ where });
      if (standing?.body === body) return { id: standing.id, url, outcome: 'unchanged' };
      const data = { body, updatedAt: now() };
      const write = () =>
        db.pullRequestComment.upsert({ where, update: data, create: { number, marker, ...data } });
      // If two write the first one concurrently, the second finds it there.
      const row = await write().catch((error: unknown) => {
        if (isUniqueViolation(error)) return write();
        throw error;
      });
      return { id: row.id, url, outcome: standing === null ? 'created' : 'edited' };
    },

    async reviews(number) {
      await read(number);
      const rows = await db.pullRequestReview.findMany({
        where: { number },
        orderBy: [{ submittedAt: 'asc' }, { id: 'asc' }],
        take: rowsMax + 1,
      });
      if (rows.length > rowsMax) throw new GitHostError('PARTIAL', `over ${rowsMax} reviews`);
      return rows.map(reviewOf);
    },

    async markMerged(number, { head, base, commit }) {
      await change(number, { state: 'merged', headCommit: head, baseCommit: base, mergeCommit: commit });
    },

    async addReview({ number, state, commit, body }) {
      checkTexts('x', body);
      if (state === 'dismissed') {
        // As on GitHub: the review stays readable, but no longer counts.
        const mine = { number, reviewerHost: account.host, reviewerId: account.id };
        await db.pullRequestReview.updateMany({
          where: { ...mine, state: 'changes_requested' },
          data: { state: 'dismissed' },
        });
        const last = await db.pullRequestReview.findFirst({
          where: { ...mine, state: 'dismissed' },
          orderBy: { submittedAt: 'desc' },
        });
        if (last === null) throw new GitHostError('CONFLICT', 'there is no objection of yours to withdraw');
        return reviewOf(last);
      }
      const data = {
        number,
        state,
        commit,
        body,
        reviewerHost: account.host,
        reviewerId: account.id,
        reviewerLogin: account.login,
        submittedAt: now(),
      };
      return reviewOf(await db.pullRequestReview.create({ data }));
    },
  };
}

const reviewStates = ['approved', 'changes_requested', 'commented', 'dismissed'] as const;

function reviewOf(row: PullRequestReview): Review {
  return {
    id: row.id,
    reviewer: { host: row.reviewerHost, id: row.reviewerId, login: row.reviewerLogin },
    state: reviewStates.find((state) => state === row.state) ?? 'commented',
    commit: parseCommitSha(row.commit),
    submittedAt: row.submittedAt,
    body: row.body === '' ? null : row.body,
  };
}

function checkTexts(title: string, body: string): void {
  if (title.trim() === '' || title.length > titleCharactersMax) {
    throw new GitHostError('INVALID', `a title has 1 to ${titleCharactersMax} characters`);
  }
  if (body.length > bodyCharactersMax)
    throw new GitHostError('INVALID', `a text has at most ${bodyCharactersMax} characters`);
}
