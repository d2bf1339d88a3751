import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { standingReviews } from './index.ts';
import type { Review } from './index.ts';

const [head, older] = [parseCommitSha('a'.repeat(40)), parseCommitSha('b'.repeat(40))];
const authorId = '1';
let made = 0;
function review(reviewerId: string, state: Review['state'], commit: Review['commit'] = head): Review {
  made += 1;
  const reviewer = { ...onGitHub(reviewerId), login: `user-${reviewerId}` };
  return { id: String(made), reviewer, state, commit, body: null, submittedAt: new Date(made * 1000) };
}
const standing = (...reviews: Review[]) => {
  const { approvals, objections, outdated } = standingReviews({ reviews, head, author: onGitHub(authorId) });
  const ids = (list: readonly Review[]): string[] => list.map(({ reviewer }) => reviewer.id);
  return { approvals: ids(approvals), objections: ids(objections), outdated: ids(outdated) };
};
const none = { approvals: [], objections: [], outdated: [] };

describe('reviews that count', () => {
  it('counts one approval per reviewer, however often given', () => {
    expect(standing(review('2', 'approved'), review('2', 'approved'), review('3', 'approved'))).toEqual({
      ...none,
      approvals: ['2', '3'],
    });
  });

  it('doesn’t count approvals of another or an unknown head', () => {
    const reviews = [review('2', 'approved', older), review('3', 'approved', null)];
    expect(standing(...reviews)).toEqual({ ...none, outdated: ['2', '3'] });
  });

  it('never counts the author', () => {
    expect(standing(review(authorId, 'approved'))).toEqual(none);
  });

  it('lets a later decision replace an earlier, and a comment replace nothing', () => {
    expect(standing(review('2', 'approved'), review('2', 'changes_requested'))).toEqual({
      ...none,
      objections: ['2'],
    });
    expect(standing(review('2', 'approved'), review('2', 'commented'))).toEqual({
      ...none,
      approvals: ['2'],
    });
  });

  it('keeps an objection to an older head: a push doesn’t resolve it', () => {
    expect(standing(review('2', 'changes_requested', older))).toEqual({ ...none, objections: ['2'] });
  });

  it('orders by time, whatever the order of the list', () => {
    const keys = fc.array(fc.nat(), { minLength: 12, maxLength: 12 });
    const given = fc.array(
      fc.tuple(
        fc.constantFrom('1', '2', '3', '10'),
        fc.constantFrom<Review['state']>('approved', 'changes_requested', 'commented', 'dismissed'),
        fc.constantFrom(head, older, null),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(given, keys, (list, order) => {
        const reviews = list.map(([who, state, commit]) => review(who, state, commit));
        const shuffled = reviews
          .map((each, index) => ({ each, key: order[index] ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const sorted = (of: ReturnType<typeof standing>) =>
          Object.values(of).map((ids) => [...ids].sort((a, b) => Number(a) - Number(b)));
        expect(sorted(standing(...shuffled))).toEqual(sorted(standing(...reviews)));
      }),
    );
  });
});
