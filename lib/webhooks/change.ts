/** What the team does with a webhook that is there. Each change is recorded. */
import { recordEvent } from '../audit/index.ts';
import type { AuditAction } from '../audit/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { rightToChange } from './authorise.ts';
import { addDelivery, dueNow } from './deliveries.ts';
import { WebhooksError } from './error.ts';
import { ruleFormat } from './rule-format.ts';
import { openSealed, seal } from './seal.ts';
import { newSecret } from './sign.ts';

interface Call {
  readonly ctx: Context;
  readonly input: { readonly project: ProjectSlug; readonly id: string };
}

/** How long the secret before signs, too. */
export const rotationHours = 24;
const hourMilliseconds = 3_600_000;

/** Gives it another secret, shown once; for a day the one before signs, too. */
export async function rotateSecret({ ctx, input }: Call): Promise<{ readonly secret: string }> {
  const secret = newSecret();
  await change({ ctx, input }, 'webhook.rotated', async (transaction, row) => {
    const content = openSealed(ctx.config, row.id, row.sealed);
    if (row.format !== 'standard' || content === null) {
      throw new WebhooksError({
        code: 'WEBHOOK_DISABLED',
        message:
          content === null
            ? 'The portal can’t read this webhook any more: its session secret was changed.'
            : 'Its messages aren’t signed by a secret of this portal’s: there is none to rotate.',
        fix: 'Remove the webhook and add it again.',
      });
    }
    const secrets = [secret, ...content.secrets.slice(0, 1)];
    await transaction.webhook.update({
      where: { id: row.id },
      data: {
        sealed: seal(ctx.config, row.id, { ...content, secrets }),
        rotatedUntil: new Date(ctx.now().getTime() + rotationHours * hourMilliseconds),
      },
    });
  });
  return { secret };
}

/** Sends it nothing from now on; what waits is stopped and can be repeated. */
export async function disableWebhook({ ctx, input }: Call): Promise<void> {
  await change({ ctx, input }, 'webhook.disabled', async (transaction, row) => {
    await stopWebhook(transaction, row.id, { at: ctx.now(), why: 'Somebody on the team disabled it.' });
  });
}

/** Sends it what happens from now on. */
export async function enableWebhook({ ctx, input }: Call): Promise<void> {
  await change({ ctx, input }, 'webhook.enabled', async (transaction, row) => {
    await transaction.webhook.update({
      where: { id: row.id },
      data: { disabledAt: null, disabledFor: null, pausedUntil: null },
    });
  });
}

/** Removes it, with its deliveries. */
export async function removeWebhook({ ctx, input }: Call): Promise<void> {
  await change({ ctx, input }, 'webhook.removed', async (transaction, row) => {
    await transaction.webhook.delete({ where: { id: row.id } });
  });
}

/** Sends a message that says that it is a test, `once` for each form. */
export async function testWebhook(call: Call & { readonly input: { readonly once: string } }): Promise<void> {
  const { ctx, input } = call;
  await change(call, 'webhook.tested', async (transaction, row) => {
    refuseDisabled(row);
    if (row.format === ruleFormat) {
      throw new WebhooksError({
        code: 'WEBHOOK_DISABLED',
        message: 'There is nothing to send: it answers jobs that wait.',
        fix: 'Start a workflow whose job has that environment.',
      });
    }
    const { project } = input;
    const url = `${ctx.config.publicUrl}/projects/${project}/webhooks/${row.id}`;
    await addDelivery(transaction, ctx, row, {
      key: `test ${input.once}`,
      event: {
        type: 'webhook.test',
        timestamp: ctx.now(),
        data: { project, message: 'This is a test of the webhook.', url },
      },
    });
  });
}

/** Sends a message again, with its id and all attempts. */
export async function repeatDelivery(
  call: Call & { readonly input: { readonly delivery: bigint } },
): Promise<void> {
  const { ctx, input } = call;
  await change(call, 'webhook.repeated', async (transaction, row) => {
    refuseDisabled(row);
    const now = ctx.now();
    const { count } = await transaction.webhookDelivery.updateMany({
      where: { id: input.delivery, webhookId: row.id },
      data: { state: 'waiting', attempts: 0, nextAt: now },
    });
    if (count === 0) throw unknown(input.project);
    await dueNow(transaction, [row.id], now);
  });
}

/** For whoever holds the transaction: no attempt is made any more. */
export async function stopWebhook(
  transaction: Transaction,
  id: string,
  { at, why }: { readonly at: Date; readonly why: string },
): Promise<void> {
  await transaction.webhook.update({
    where: { id },
    data: { disabledAt: at, disabledFor: why, dueAt: null },
  });
  await transaction.webhookDelivery.updateMany({
    where: { webhookId: id, nextAt: { not: null } },
    data: { state: 'stopped', nextAt: null },
  });
}

type Row = NonNullable<Awaited<ReturnType<Transaction['webhook']['findFirst']>>>;

async function change(
  { ctx, input }: Call,
  action: AuditAction,
  work: (transaction: Transaction, row: Row) => Promise<void>,
): Promise<void> {
  const { project, id } = input;
  await rightToChange(ctx, project);
  await ctx.db.$transaction(async (transaction) => {
    // Locked first, as deliveries do it: neither then waits for the other in a circle.
    await transaction.$queryRaw`SELECT id FROM portal.webhook WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    const row = await transaction.webhook.findFirst({ where: { id, projectSlug: project } });
    if (row === null) throw unknown(project);
    await work(transaction, row);
    await recordEvent(transaction, ctx, {
      action,
      subject: `project:${project}`,
      detail: { webhookId: id },
    });
  });
}

function refuseDisabled(row: Row): void {
  if (row.disabledAt === null) return;
  throw new WebhooksError({
    code: 'WEBHOOK_DISABLED',
    message: 'The webhook is disabled: it is sent nothing.',
    fix: 'Enable it first.',
  });
}

const unknown = (project: ProjectSlug): WebhooksError =>
  new WebhooksError({
    code: 'NO_SUCH_WEBHOOK',
    message: `The project ${project} has no such webhook or delivery (any more).`,
    fix: `Its page lists what there is: /projects/${project}/webhooks`,
  });
