/** Reviewers' notes to each other and messages to the applicant. The two never mix. */
import { addEvent, parseText } from '../applications/index.ts';
import { recordEvent } from '../audit/index.ts';
import { notify } from '../notifications/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { requireClaim } from './claim.ts';
import { notNow } from './error.ts';
import { disqualificationOf, refuseDisqualified, reviewerOf } from './reviewer.ts';
import { lockReview } from './row.ts';

/** note: for reviewers only. message: to the applicant. question: to the applicant, and the review waits for the answer. */
export type MessageKind = 'note' | 'message' | 'question';

const eventKinds = { note: 'note', message: 'message', question: 'information-requested' } as const;

export async function writeInReview(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number; readonly kind: MessageKind; readonly body: string };
}): Promise<void> {
  const { ctx, input } = call;
  const reviewer = reviewerOf(ctx);
  const body = parseText(input.body, 'Your text');
  await ctx.db.$transaction(async (transaction) => {
    const { review, application } = await lockReview(ctx, transaction, input.id);
    refuseDisqualified(await disqualificationOf(transaction, reviewer, review, application));
    if (input.kind === 'question') {
      requireClaim(reviewer, review);
      if (review.state === 'waiting-for-applicant') {
        throw notNow('The applicant already has a question from you.', 'Add what is missing as a message.');
      }
      if (application.status !== 'in-review') {
        throw notNow('This application is decided.', 'Write a message instead.');
      }
      await transaction.review.update({
        where: { id: review.id },
        data: { state: 'waiting-for-applicant', askedAt: ctx.now() },
      });
      await transaction.application.update({
        where: { id: application.id },
        data: { status: 'information-requested', version: { increment: 1 }, updatedAt: ctx.now() },
      });
    }
    const toApplicant = input.kind !== 'note';
    await addEvent(transaction, ctx, {
      applicationId: application.id,
      kind: eventKinds[input.kind],
      body,
      audience: toApplicant ? 'applicant' : 'reviewers',
      ...(toApplicant ? { actorName: 'The reviewers' } : {}),
    });
    if (toApplicant) {
      await notify(transaction, ctx, application.applicant, {
        kind: 'application-news',
        subject:
          input.kind === 'question'
            ? `A question about ${application.name ?? 'your application'}`
            : `A message about ${application.name ?? 'your application'}`,
        body,
        path: `/applications/${application.id}`,
      });
    }
    await recordEvent(transaction, ctx, {
      action: input.kind === 'question' ? 'review.asked' : 'review.noted',
      subject: `review:${review.id}`,
      detail: { kind: input.kind },
    });
  });
}
