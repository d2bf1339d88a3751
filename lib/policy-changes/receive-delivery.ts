import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import { orderDelivery, verifyWebhook } from '../platform/git-host/index.ts';
import type { Delivery, DeliveryState, Verdict } from '../platform/git-host/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { checkChange } from './check.ts';
import { PolicyChangesError } from './error.ts';
import { followChanges } from './follow.ts';

export type DeliveryOutcome = Verdict | 'other-repository';

const rowId = 1;
const stateSchema = z.object({
  seen: z.array(z.string()),
  subjects: z.record(
    z.string(),
    z.object({ at: z.string(), head: z.string(), replaced: z.array(z.string()), final: z.boolean() }),
  ),
});

/**
 * A delivery of GitHub's webhook. Its signature is verified before anything of it is read, it is ordered with earlier ones, and
 * a fresh one is a reason to check the host: its content is never acted on. Null where this portal
 * takes no deliveries. Throws WebhookError.
 */
export async function receiveDelivery(call: {
  readonly ctx: Portal;
  readonly input: { readonly headers: Headers; readonly body: Uint8Array };
}): Promise<DeliveryOutcome | null> {
  const { ctx, input } = call;
  const host = ctx.config.policyHost;
  if (host === undefined || !('github' in host) || host.github.webhookSecretFile === undefined) return null;
  const secret = (await readFile(host.github.webhookSecretFile, 'utf8')).trim();
  const delivery = verifyWebhook({ ...input, secret });
  if (delivery.event !== null && delivery.event.repositoryId !== host.github.id) return 'other-repository';
  const verdict = await order(ctx, delivery);
  if (verdict === 'fresh') await look(ctx, delivery);
  return verdict;
}

/** One writer at a time keeps the row: of two equal deliveries in the same moment, one is fresh. */
async function order({ db, now }: Pick<Portal, 'db' | 'now'>, delivery: Delivery): Promise<Verdict> {
  const empty = { id: rowId, state: { seen: [], subjects: {} }, updatedAt: now() };
  await db.webhookState.createMany({ data: [empty], skipDuplicates: true });
  return db.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT 1 FROM portal.webhook_state WHERE id = ${rowId} FOR UPDATE`;
    const row = await transaction.webhookState.findUniqueOrThrow({ where: { id: rowId } });
    const known: DeliveryState = stateSchema.parse(row.state);
    const { state, verdict } = orderDelivery(known, delivery);
    const plain = JSON.parse(JSON.stringify(state)) as object;
    await transaction.webhookState.update({ where: { id: rowId }, data: { state: plain, updatedAt: now() } });
    return verdict;
  });
}

/** The host may be slow or down right now; the check that is repeated every minute finds what this one missed. */
async function look(ctx: Portal, { event }: Delivery): Promise<void> {
  try {
    if (event?.type === 'pull_request' || event?.type === 'pull_request_review') {
      await checkChange({ ctx, input: { number: event.number } });
    } else if (event?.type === 'push') {
      await followChanges(ctx);
    }
  } catch (error) {
    if (!isError(error, PolicyChangesError)) throw error;
  }
}
