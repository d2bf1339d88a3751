/** Messages as rows: one for each webhook and what it tells of, whichever portal writes it first. */
import { randomUUID } from 'node:crypto';
import type { WebhookEvent, WebhookEventType } from '#core/wire/webhook/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { bodyFor } from './compose-text.ts';
import { isWebhookFormat } from './create.ts';

/** Of one webhook; and none is kept longer than so many days. */
export const deliveriesMax = 1_000;
export const deliveryDays = 30;
const dayMilliseconds = 86_400_000;
const removedAtOnce = 5_000;

export interface Telling {
  /** What it tells of. */
  readonly key: string;
  readonly event: WebhookEvent;
}

interface Receiver {
  readonly id: string;
  readonly format: string;
}

/** Those of a project that are told of something now. One indexed look-up. */
export const receiversOf = (db: Pick<Transaction, 'webhook'>, project: string, type: WebhookEventType) =>
  db.webhook.findMany({
    where: { projectSlug: project, disabledAt: null, events: { has: type } },
    select: { id: true, format: true },
  });

/** Writes the message, unless this webhook was told of the same, or is disabled or removed by now. */
export async function addDelivery(
  transaction: Transaction,
  { now }: Pick<Portal, 'now'>,
  { id, format }: Receiver,
  { key, event }: Telling,
): Promise<void> {
  if (!isWebhookFormat(format)) return;
  // Locked first, as deliveries do it. Whoever asked which webhooks there are did so a moment ago.
  const there = await transaction.$queryRaw<unknown[]>`
    SELECT id FROM portal.webhook WHERE id = ${id}::uuid AND disabled_at IS NULL FOR NO KEY UPDATE`;
  if (there.length === 0) return;
  const at = now();
  const { count } = await transaction.webhookDelivery.createMany({
    data: [
      {
        webhookId: id,
        key,
        messageId: `msg_${randomUUID().replaceAll('-', '')}`,
        type: event.type,
        body: bodyFor(format, event),
        createdAt: at,
        state: 'waiting',
        nextAt: at,
      },
    ],
    skipDuplicates: true,
  });
  if (count === 0) return;
  await dueNow(transaction, [id], at);
  await transaction.$executeRaw`
    DELETE FROM portal.webhook_delivery
     WHERE webhook_id = ${id}::uuid
       AND id <= (SELECT id FROM portal.webhook_delivery WHERE webhook_id = ${id}::uuid
                   ORDER BY id DESC OFFSET ${deliveriesMax} LIMIT 1)`;
}

/** Their next attempts are due by then. */
export async function dueNow(transaction: Transaction, ids: readonly string[], at: Date): Promise<void> {
  await transaction.$executeRaw`
    UPDATE portal.webhook SET due_at = least(due_at, ${at})
     WHERE id = ANY(${ids}::uuid[]) AND disabled_at IS NULL`;
}

/** Removes what is older than deliveries are kept. → what went wrong, in words. */
export async function removeOldDeliveries({
  db,
  now,
}: Pick<Portal, 'db' | 'now'>): Promise<readonly string[]> {
  const before = new Date(now().getTime() - deliveryDays * dayMilliseconds);
  await db.$executeRaw`
    DELETE FROM portal.webhook_delivery
     WHERE id IN (SELECT id FROM portal.webhook_delivery WHERE created_at < ${before}
                   ORDER BY created_at LIMIT ${removedAtOnce})`;
  return [];
}
