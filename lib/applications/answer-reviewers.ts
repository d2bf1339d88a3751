/** What an applicant does after sending: answer, write, withdraw, appeal. */
import { recordEvent } from '../audit/index.ts';
import { notifyReviewers } from '../notifications/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { conditionsOf } from './applicant.ts';
import { ApplicationsError } from './error.ts';
import { addEvent, parseText } from './events.ts';
import { lockOwnApplication } from './own.ts';
import { openReview } from './open-review.ts';
import { finalStatuses } from './row.ts';
import type { Application, SentApplication } from './row.ts';
import { sentOf } from './submit.ts';

const notNow = (message: string, fix: string): ApplicationsError =>
  new ApplicationsError({ code: 'NOT_POSSIBLE_NOW', message, fix });
const messagesPerDayMax = 20;
const dayMilliseconds = 24 * 3600 * 1000;

/** A message to the reviewers; where they asked for information, their answer: the review goes on with it. */
export async function replyToReviewers(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number; readonly body: string };
}): Promise<void> {
  const { ctx, input } = call;
  const body = parseText(input.body, 'Your message');
  const conditions = await conditionsOf(ctx);
  await ctx.db.$transaction(async (transaction) => {
    const application = await lockOwnApplication(ctx, transaction, input.id);
    if (application.status === 'draft' || finalStatuses.includes(application.status)) {
      throw notNow('Nobody is reviewing this application.', 'Write to the foundation’s address instead.');
    }
    await refuseFlood(transaction, ctx, application.id);
    const asked = application.status === 'information-requested';
    if (asked) {
      const sent = sentOf(conditions, application);
      await transaction.application.update({
        where: { id: application.id },
        data: { status: 'in-review', sent, version: { increment: 1 }, updatedAt: ctx.now() },
      });
      await goOn(transaction, ctx, application.id);
      const changed = changedLabels(application.sent, sent);
      // Answers are compared with what the code host says.
      if (changed.length > 0) await ctx.queue.collectEvidence(transaction, application.id);
      const note = changed.length === 0 ? '' : `\n\nAnswers changed: ${changed.join('; ')}.`;
      await addEvent(transaction, ctx, {
        applicationId: application.id,
        kind: 'replied',
        audience: 'applicant',
        body: `${body}${note}`,
      });
    } else {
      await addEvent(transaction, ctx, {
        applicationId: application.id,
        kind: 'message',
        audience: 'applicant',
        body,
      });
    }
    await notifyReviewers(transaction, ctx, conditions.snapshot, {
      kind: 'review-news',
      subject: `Application ${application.id}: ${asked ? 'the applicant answered' : 'a message'}`,
      body,
      path: '/reviews',
    });
    await recordEvent(transaction, ctx, {
      action: 'application.replied',
      subject: `application:${application.id}`,
      detail: {},
    });
  });
}

async function refuseFlood(transaction: Transaction, ctx: Context, applicationId: number): Promise<void> {
  const since = new Date(ctx.now().getTime() - dayMilliseconds);
  const kinds = ['message', 'replied'];
  const count = await transaction.applicationEvent.count({
    where: {
      applicationId,
      kind: { in: kinds },
      at: { gt: since },
      NOT: { actor: { startsWith: 'person:' } },
    },
  });
  if (count < messagesPerDayMax) return;
  throw new ApplicationsError({
    code: 'TOO_MANY',
    message: `There are ${messagesPerDayMax} messages of yours within a day.`,
    fix: 'Wait until tomorrow, and write the rest in one message.',
  });
}

/** The applicant's time doesn't count against the reviewers' deadline. */
async function goOn(transaction: Transaction, ctx: Context, applicationId: number): Promise<void> {
  const review = await transaction.review.findFirst({
    where: { applicationId, state: 'waiting-for-applicant' },
  });
  if (review === null) return;
  const waited = review.askedAt === null ? 0 : ctx.now().getTime() - review.askedAt.getTime();
  await transaction.review.update({
    where: { id: review.id },
    data: {
      state: review.claimedBy === null ? 'waiting' : 'claimed',
      dueAt: new Date(review.dueAt.getTime() + Math.max(0, waited)),
      askedAt: null,
    },
  });
}

function changedLabels(
  before: SentApplication | null,
  after: Pick<SentApplication, 'lines'>,
): readonly string[] {
  const texts = new Map(before?.lines.map((line) => [`${line.question}\n${line.label}`, line.text]));
  return after.lines
    .filter((line) => texts.get(`${line.question}\n${line.label}`) !== line.text)
    .map((line) => line.label);
}

/** Ends an application that isn't decided; what was written stays on record. */
export async function withdrawApplication(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<void> {
  const { ctx, input } = call;
  await ctx.db.$transaction(async (transaction) => {
    const application = await lockOwnApplication(ctx, transaction, input.id);
    if (application.status === 'withdrawn') return;
    if (finalStatuses.includes(application.status)) {
      throw notNow('This application is decided.', 'Ask for a change of the policy instead, or appeal.');
    }
    const now = ctx.now();
    await transaction.application.update({
      where: { id: application.id },
      data: { status: 'withdrawn', version: { increment: 1 }, updatedAt: now },
    });
    await transaction.review.updateMany({
      where: { applicationId: application.id, state: { not: 'closed' } },
      data: { state: 'closed', closedAt: now, outcome: 'withdrawn' },
    });
    await addEvent(transaction, ctx, {
      applicationId: application.id,
      kind: 'withdrawn',
      audience: 'applicant',
      body: '',
    });
    await recordEvent(transaction, ctx, {
      action: 'application.withdrawn',
      subject: `application:${application.id}`,
      detail: {},
    });
  });
}

/** Whether it can be appealed: it was rejected, and not on appeal already. */
export async function mayAppeal(
  db: Context['db'] | Transaction,
  application: Pick<Application, 'id' | 'status'>,
): Promise<boolean> {
  if (application.status !== 'rejected') return false;
  return (await db.review.count({ where: { applicationId: application.id, kind: 'appeal' } })) === 0;
}

/** Once per application, to reviewers who have not decided on it before. */
export async function appealDecision(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number; readonly body: string };
}): Promise<void> {
  const { ctx, input } = call;
  const body = parseText(input.body, 'Your appeal');
  const conditions = await conditionsOf(ctx);
  await ctx.db.$transaction(async (transaction) => {
    const application = await lockOwnApplication(ctx, transaction, input.id);
    if (!(await mayAppeal(transaction, application))) {
      throw notNow(
        'This application can’t be appealed: it was not rejected, or the appeal is decided.',
        'Meet the conditions of the decision, then apply again.',
      );
    }
    await transaction.application.update({
      where: { id: application.id },
      data: { status: 'submitted', version: { increment: 1 }, updatedAt: ctx.now() },
    });
    await openReview(transaction, ctx, conditions, { application, kind: 'appeal' });
    await addEvent(transaction, ctx, {
      applicationId: application.id,
      kind: 'appealed',
      audience: 'applicant',
      body,
    });
    await notifyReviewers(transaction, ctx, conditions.snapshot, {
      kind: 'review-new',
      subject: `Application ${application.id}: appealed`,
      body,
      path: '/reviews',
    });
    await recordEvent(transaction, ctx, {
      action: 'application.appealed',
      subject: `application:${application.id}`,
      detail: {},
    });
  });
}
