/** Which reviews count for a head. Pure. */
import { identityText, sameIdentity } from '#core/identity/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import type { Review } from './git-host.ts';

export interface StandingReviews {
  /** Approvals of exactly this head, one per reviewer, never the author's. */
  readonly approvals: readonly Review[];
  /** Requested changes, whatever head they were made on: a push doesn't answer an objection. */
  readonly objections: readonly Review[];
  /** Approvals that were made on another head and so count for nothing now. */
  readonly outdated: readonly Review[];
}

/**
 * reviews of a pull request, its head, its author → what stands. Of each reviewer the last decision holds;
 * a comment is no decision, a dismissed review is none any more.
 *
 * The author is who wants the change. Where the portal proposed it for somebody, that is this person: the host names the
 * portal's own account as the pull request's author, and its word alone would let people approve what they wrote.
 */
export function standingReviews(input: {
  readonly reviews: readonly Review[];
  readonly head: CommitSha;
  readonly author: StoredIdentity;
}): StandingReviews {
  const last = new Map<string, Review>();
  const inOrder = [...input.reviews].sort(
    (a, b) => a.submittedAt.getTime() - b.submittedAt.getTime() || compareIds(a.id, b.id),
  );
  for (const review of inOrder) {
    if (review.state === 'commented' || review.state === 'dismissed') continue;
    if (!sameIdentity(review.reviewer, input.author)) last.set(identityText(review.reviewer), review);
  }
  const decisions = [...last.values()];
  const approved = decisions.filter(({ state }) => state === 'approved');
  return {
    approvals: approved.filter(({ commit }) => commit === input.head),
    objections: decisions.filter(({ state }) => state === 'changes_requested'),
    outdated: approved.filter(({ commit }) => commit !== input.head),
  };
}

/** Ids are digits without leading zeros: the longer is the later. */
function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
