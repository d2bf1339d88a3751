import { addEvent } from '../applications/index.ts';
import { recordEvent } from '../audit/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { notNow, ReviewsError } from './error.ts';
import { disqualificationOf, ofReviewer, refuseDisqualified, reviewerOf } from './reviewer.ts';
import type { Reviewer } from './reviewer.ts';
import { lockReview } from './row.ts';
import type { Review } from './row.ts';
import type { Application } from '../applications/index.ts';

/** Long enough for a weekend; a reviewer who needs longer claims it again. */
export const leaseHours = 72;
const hourMilliseconds = 3600 * 1000;

/** Claims a review for some days, or extends one's own claim. Another's claim holds until its lease expires. */
export async function claimReview(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<void> {
  const { ctx, input } = call;
  const reviewer = reviewerOf(ctx);
  await ctx.db.$transaction(async (transaction) => {
    const { review, application } = await lockReview(ctx, transaction, input.id);
    if (review.state === 'closed') throw notNow('This review is closed.', 'Take another one from the queue.');
    refuseDisqualified(await disqualificationOf(transaction, reviewer, review, application));
    await refuseDecided(transaction, reviewer, review);
    refuseClaimedByOther(reviewer, review);
    const fresh = review.claim === null;
    await transaction.review.update({
      where: { id: review.id },
      data: {
        state: review.state === 'waiting-for-applicant' ? review.state : 'claimed',
        claimedBy: reviewer.handle,
        claimedUntil: new Date(ctx.now().getTime() + leaseHours * hourMilliseconds),
      },
    });
    if (application.status === 'submitted') {
      await transaction.application.update({
        where: { id: application.id },
        data: { status: 'in-review', version: { increment: 1 }, updatedAt: ctx.now() },
      });
    }
    if (!fresh) return;
    await note(transaction, ctx, application, 'claimed', 'A reviewer has taken it on.');
    await recordEvent(transaction, ctx, {
      action: 'review.claimed',
      subject: `review:${review.id}`,
      detail: {},
    });
  });
}

/** Releases a claim. */
export async function releaseReview(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<void> {
  const { ctx, input } = call;
  const reviewer = reviewerOf(ctx);
  await ctx.db.$transaction(async (transaction) => {
    const { review, application } = await lockReview(ctx, transaction, input.id);
    if (review.claim?.by !== reviewer.handle || review.state === 'closed') return;
    await dropClaim(transaction, review);
    await note(transaction, ctx, application, 'released', 'It is back in the queue.');
    await recordEvent(transaction, ctx, {
      action: 'review.released',
      subject: `review:${review.id}`,
      detail: {},
    });
  });
}

export async function dropClaim(transaction: Transaction, review: Review): Promise<void> {
  await transaction.review.update({
    where: { id: review.id },
    data: {
      claimedBy: null,
      claimedUntil: null,
      ...(review.state === 'waiting-for-applicant' ? {} : { state: 'waiting' }),
    },
  });
}

async function note(
  transaction: Transaction,
  ctx: Context,
  application: Application,
  kind: 'claimed' | 'released',
  body: string,
): Promise<void> {
  // A repeated review of an accepted project is visible to reviewers only until it has an outcome.
  const audience = application.status === 'accepted' ? 'reviewers' : 'applicant';
  await addEvent(transaction, ctx, {
    applicationId: application.id,
    kind,
    body,
    audience,
    actorName: 'The reviewers',
  });
}

function refuseClaimedByOther(reviewer: Reviewer, { claim }: Review): void {
  if (claim === null || claim.by === reviewer.handle) return;
  throw new ReviewsError({
    code: 'CLAIMED_BY_OTHER',
    message: `${claim.by} works on it until ${claim.until.toISOString()}.`,
    fix: 'Take another one, or ask them to release it.',
  });
}

/** For actions of the claim's holder only. */
export function requireClaim(reviewer: Reviewer, review: Review): void {
  if (review.state === 'closed') throw notNow('This review is closed.', 'Take another one from the queue.');
  refuseClaimedByOther(reviewer, review);
  if (review.claim !== null) return;
  throw new ReviewsError({
    code: 'NOT_CLAIMED',
    message: 'You haven’t claimed this review, or the claim has run out.',
    fix: 'Claim it, then do this again: what you typed is still here.',
  });
}

export async function refuseDecided(
  transaction: Transaction,
  reviewer: Reviewer,
  review: Review,
): Promise<void> {
  const decided = await transaction.reviewDecision.count({
    where: { reviewId: review.id, ...ofReviewer(reviewer) },
  });
  if (decided === 0) return;
  throw notNow('You have decided on this already.', 'Another reviewer has to decide as well.');
}
