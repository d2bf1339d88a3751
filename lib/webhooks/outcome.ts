/** What an attempt changes: the message is done, waits for the next attempt, or was the last straw. */
import { z } from 'zod';
import { recordEvent } from '../audit/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { notify } from '../notifications/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import type { Outcome } from './attempted.ts';
import { stopWebhook } from './change.ts';
import { attemptsMax, delayAfter, pauseAfter } from './schedule.ts';

interface Webhook {
  readonly id: string;
  readonly projectSlug: string;
  readonly shown: string;
  readonly turn: string | null;
  readonly createdByHost: string;
  readonly createdById: string;
}

interface Attempted {
  readonly webhook: Webhook;
  readonly delivery: {
    readonly id: bigint;
    readonly type: string;
    readonly attempts: number;
    readonly nextAt: Date | null;
  };
  readonly outcome: Outcome;
  readonly random: () => number;
}

type OutcomeContext = Pick<Portal, 'config' | 'db' | 'now'>;

const lockedSchema = z.object({ disabled: z.boolean() });

export async function recordOutcome(ctx: OutcomeContext, attempted: Attempted): Promise<void> {
  const { webhook, delivery, outcome } = attempted;
  await ctx.db.$transaction(async (transaction) => {
    const [mine] = await transaction.$queryRaw<unknown[]>`
      SELECT disabled_at IS NOT NULL AS disabled FROM portal.webhook
       WHERE id = ${webhook.id}::uuid AND turn = ${webhook.turn}::uuid
         FOR NO KEY UPDATE`;
    // It took so long that another portal has the turn, or it was removed meanwhile.
    if (mine === undefined) return;
    if (lockedSchema.parse(mine).disabled) {
      if (outcome.kind !== 'unreadable') await recordLast(transaction, delivery, outcome);
      return;
    }
    if (outcome.kind === 'unreadable') {
      await disable(
        transaction,
        ctx,
        webhook,
        'The portal can’t read its address any more: the session secret was changed. Remove it and add it again.',
      );
      return;
    }
    await recordAttempt(transaction, ctx, attempted, outcome);
  });
}

type Answered = Exclude<Outcome, { kind: 'unreadable' }>;

/** The team disabled it while the message was under way: what became of that is shown, and nothing follows from it. */
async function recordLast(
  transaction: Transaction,
  { id, attempts }: Attempted['delivery'],
  outcome: Answered,
): Promise<void> {
  await transaction.webhookDelivery.updateMany({
    where: { id },
    data: {
      attempts: attempts + 1,
      ...(outcome.kind === 'taken' ? { state: 'delivered' } : {}),
      ...lastOf(outcome),
    },
  });
}

const lastOf = ({ at, status, milliseconds, answer, problem }: Answered) => ({
  lastAt: at,
  lastStatus: status,
  lastMilliseconds: milliseconds,
  lastAnswer: answer,
  lastProblem: problem,
});

async function recordAttempt(
  transaction: Transaction,
  ctx: OutcomeContext,
  { webhook, delivery, random }: Attempted,
  outcome: Answered,
): Promise<void> {
  const { kind, at, status, retryAfter } = outcome;
  const attempts = delivery.attempts + 1;
  // A test is made once: whoever asks for it is there to ask again.
  const isTest = delivery.type === 'webhook.test';
  const delay = kind === 'not-taken' && !isTest ? delayAfter(attempts, retryAfter, random()) : null;
  const { count } = await transaction.webhookDelivery.updateMany({
    where: { id: delivery.id, nextAt: delivery.nextAt },
    data: {
      attempts,
      state: kind === 'taken' ? 'delivered' : delay === null ? 'failed' : 'waiting',
      nextAt: delay === null ? null : new Date(at.getTime() + delay),
      ...lastOf(outcome),
    },
  });
  const isAskedAgain = count === 0;
  // Somebody wants it sent again since this attempt began: its attempts begin anew.
  if (isAskedAgain)
    await transaction.webhookDelivery.updateMany({ where: { id: delivery.id }, data: lastOf(outcome) });
  if (kind === 'taken' || kind === 'pointless') return;
  const pause = pauseAfter(status, retryAfter);
  if (pause > 0) {
    await transaction.webhook.update({
      where: { id: webhook.id },
      data: { pausedUntil: new Date(at.getTime() + pause) },
    });
  }
  if (kind === 'gone') {
    await disable(transaction, ctx, webhook, 'It answered that it is gone (410).');
  } else if (delay === null && !isTest && !isAskedAgain) {
    await disable(
      transaction,
      ctx,
      webhook,
      `A message wasn’t taken in ${attemptsMax} attempts over three days.`,
    );
  }
}

/** With a notice to whoever made it. */
async function disable(
  transaction: Transaction,
  ctx: OutcomeContext,
  { id, projectSlug, shown, createdByHost, createdById }: Webhook,
  why: string,
): Promise<void> {
  const project = parseProjectSlug(projectSlug);
  await stopWebhook(transaction, id, { at: ctx.now(), why });
  await recordEvent(
    transaction,
    { ...ctx, actor: { kind: 'operator', name: 'portal' } },
    { action: 'webhook.disabled', subject: `project:${project}`, detail: { webhookId: id, why } },
  );
  await notify(
    transaction,
    ctx,
    { host: createdByHost, id: createdById },
    {
      kind: 'project-news',
      subject: `A webhook of ${project} is disabled`,
      body: `${shown}: ${why}\n\nIt is sent nothing until somebody on the team enables it. What wasn’t delivered is listed on its page and can be sent again from there.`,
      path: `/projects/${project}/webhooks/${id}`,
    },
  );
}
