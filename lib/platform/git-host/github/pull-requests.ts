/** Pull requests and the reviews on them. */
import { z } from 'zod';
import { GitHostError } from '../error.ts';
import type { GitHost, PullRequest, Review } from '../git-host.ts';
import type { Ask } from './ask.ts';
import { pullRequest, review } from './wire.ts';

const closedMax = 100;

type PullRequests = Pick<
  GitHost,
  | 'openPullRequest'
  | 'updatePullRequest'
  | 'closePullRequest'
  | 'pullRequest'
  | 'openPullRequests'
  | 'closedPullRequests'
  | 'reviews'
>;

export function createPullRequests(ask: Ask, owner: string): PullRequests {
  const read = (number: number): Promise<PullRequest> =>
    ask.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: number }, pullRequest);
  const findOpen = async (branch: string, base: string): Promise<PullRequest | undefined> => {
    const asked = { state: 'open', head: `${owner}:${branch}`, base };
    const open = await ask.list('GET /repos/{owner}/{repo}/pulls', asked, pullRequest);
    // `head` filters by name; a fork's branch of that name isn't ours.
    return open.find(
      ({ head, base: onto }) =>
        head.branch === branch && onto.branch === base && head.repositoryId === onto.repositoryId,
    );
  };

  return {
    pullRequest: read,
    async openPullRequest({ branch, base, title, body }) {
      try {
        const made = { head: branch, base, title, body };
        return await ask.write('POST /repos/{owner}/{repo}/pulls', made, pullRequest);
      } catch (error) {
        const found = await findOpen(branch, base);
        if (found !== undefined) return found;
        throw error;
      }
    },
    async updatePullRequest({ number, ...changes }) {
      const asked = { pull_number: number, ...changes };
      return ask.write('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', asked, pullRequest);
    },
    async closePullRequest(number) {
      const asked = { pull_number: number, state: 'closed' };
      const closed = await ask.write('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', asked, pullRequest);
      if (closed.state === 'merged') {
        throw new GitHostError('CONFLICT', `pull request ${number} is merged already`);
      }
      return closed;
    },
    async openPullRequests() {
      const asked = { state: 'open', sort: 'created', direction: 'asc' };
      return ask.list('GET /repos/{owner}/{repo}/pulls', asked, pullRequest);
    },
    async closedPullRequests({ limit }) {
      const asked = { state: 'closed', sort: 'updated', direction: 'desc', per_page: closedMax, page: 1 };
      // Only one page is requested, so the rest doesn't matter.
      const route = 'GET /repos/{owner}/{repo}/pulls';
      const newest = await ask.read(route, asked, z.array(pullRequest));
      return newest.slice(0, Math.max(0, Math.min(closedMax, limit)));
    },
    async reviews(number) {
      const asked = { pull_number: number };
      const all = await ask.list('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', asked, review);
      return all
        .filter((each): each is Review => each !== null)
        .sort((a, b) => a.submittedAt.getTime() - b.submittedAt.getTime());
    },
  };
}
