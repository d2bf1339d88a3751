import { addEvent, parseText } from '../applications/index.ts';
import { recordEvent } from '../audit/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { dropClaim } from './claim.ts';
import { reviewerColumns, reviewerOf } from './reviewer.ts';
import { lockReview } from './row.ts';

/** Permanently excludes a reviewer who is involved with the project, and releases their claim. */
export async function recuseFromReview(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number; readonly reason: string };
}): Promise<void> {
  const { ctx, input } = call;
  const reviewer = reviewerOf(ctx);
  const reason = parseText(input.reason, 'The reason', 'reason');
  await ctx.db.$transaction(async (transaction) => {
    const { review, application } = await lockReview(ctx, transaction, input.id);
    const { count } = await transaction.recusal.createMany({
      data: {
        applicationId: application.id,
        reviewer: reviewer.handle,
        ...reviewerColumns(reviewer.identity),
        reason,
        at: ctx.now(),
      },
      skipDuplicates: true,
    });
    if (review.claim?.by === reviewer.handle && review.state !== 'closed') {
      await dropClaim(transaction, review);
    }
    if (count === 0) return;
    await addEvent(transaction, ctx, {
      applicationId: application.id,
      kind: 'recused',
      audience: 'reviewers',
      body: reason,
    });
    await recordEvent(transaction, ctx, {
      action: 'review.recused',
      subject: `application:${application.id}`,
      detail: {},
    });
  });
}
