/** Accepted projects are reviewed again: when it is due, or when a reviewer sees a reason. */
import {
  addEvent,
  conditionsOf,
  findConditions,
  lockApplication,
  openReview,
  parseText,
  toApplication,
} from '../applications/index.ts';
import { recordEvent } from '../audit/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { notNow } from './error.ts';
import { reviewerOf } from './reviewer.ts';
import { unknownReview } from './row.ts';

export async function reviewAgain(call: {
  readonly ctx: Context;
  readonly input: { readonly applicationId: number; readonly reason: string };
}): Promise<number> {
  const { ctx, input } = call;
  reviewerOf(ctx);
  const reason = parseText(input.reason, 'The reason', 'reason');
  const opened = await open(ctx, input.applicationId, reason);
  if (opened === 'unknown') throw unknownReview();
  if (opened === 'not-accepted') throw notNow('This application isn’t accepted.', 'Work on its open review.');
  if (opened === 'open') throw notNow('It is being reviewed already.', 'Work on its open review.');
  return opened;
}

async function open(
  ctx: Context,
  applicationId: number,
  reason: string,
): Promise<number | 'unknown' | 'not-accepted' | 'open'> {
  const conditions = await conditionsOf(ctx);
  return ctx.db.$transaction(async (transaction) => {
    await lockApplication(transaction, applicationId);
    const row = await transaction.application.findUnique({ where: { id: applicationId } });
    if (row === null) return 'unknown';
    if (row.status !== 'accepted') return 'not-accepted';
    const others = await transaction.review.count({ where: { applicationId, state: { not: 'closed' } } });
    if (others > 0) return 'open';
    const application = toApplication(row);
    await transaction.application.update({ where: { id: applicationId }, data: { reviewAgainAt: null } });
    const id = await openReview(transaction, ctx, conditions, { application, kind: 'again' });
    await addEvent(transaction, ctx, {
      applicationId,
      kind: 'review-again',
      audience: 'reviewers',
      body: reason,
    });
    await recordEvent(transaction, ctx, {
      action: 'review.opened-again',
      subject: `application:${applicationId}`,
      detail: { review: id },
    });
    return id;
  });
}

const dueMax = 100;

/** Opens due reviews. Run periodically by the portal; safe to run concurrently. */
export async function openDueReviews(portal: Portal): Promise<number> {
  if ((await findConditions(portal)) === null) return 0;
  const due = await portal.db.application.findMany({
    where: { status: 'accepted', reviewAgainAt: { lte: portal.now() } },
    select: { id: true },
    take: dueMax,
  });
  const ctx: Context = { ...portal, actor: { kind: 'operator', name: 'portal' } };
  let opened = 0;
  for (const { id } of due) {
    if (typeof (await open(ctx, id, 'It is due.')) === 'number') opened += 1;
  }
  return opened;
}
