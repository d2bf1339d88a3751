/**
 * Delivers waiting messages. Each webhook has a turn of its own, which one portal at a time has: a slow receiver holds up nobody
 * else, and no message is sent by two portals. A portal that dies in its turn leaves it to others after a minute; the message is then
 * sent again with the same id, by which receivers know it.
 */
import { z } from 'zod';
import { printError } from '#core/error/index.ts';
import { attempt } from './attempt.ts';
import type { AttemptContext } from './attempt.ts';
import { recordOutcome } from './outcome.ts';

export type DeliverContext = AttemptContext;

export interface Deliverer {
  /** Starts what is due and doesn't wait for it. → what went wrong since the last call, in words. */
  run(): Promise<readonly string[]>;
  /** When everything that was started has ended. */
  settled(): Promise<void>;
}

/** Receivers that this portal waits for at the same time. */
const turnsMax = 50;
const turnSeconds = 60;
/** Of a turn: it ends well before others may take it. */
const messagesMax = 10;
const busyMilliseconds = 20_000;

const claimedSchema = z.object({ id: z.string(), turn: z.string() });
type Turn = z.output<typeof claimedSchema>;

export function openDeliverer(portal: DeliverContext, random: () => number = Math.random): Deliverer {
  const running = new Set<Promise<void>>();
  let problems: string[] = [];
  return {
    async run() {
      for (const turn of await claim(portal, turnsMax - running.size)) {
        const work = takeTurn(portal, turn, random).catch((error: unknown) => {
          problems.push(`deliveries to webhook ${turn.id}: ${printError(error)}`);
        });
        running.add(work);
        void work.finally(() => running.delete(work));
      }
      const told = problems;
      problems = [];
      return told;
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** The longest due first. Costs what is due, however many webhooks and messages there are. */
async function claim({ db, now }: DeliverContext, count: number): Promise<readonly Turn[]> {
  if (count <= 0) return [];
  const at = now();
  const until = new Date(at.getTime() + turnSeconds * 1000);
  const rows = await db.$queryRaw<unknown[]>`
    UPDATE portal.webhook SET turn = gen_random_uuid(), turn_until = ${until}
     WHERE id IN (SELECT id FROM portal.webhook
                   WHERE due_at <= ${at} AND (turn_until IS NULL OR turn_until <= ${at})
                     AND (paused_until IS NULL OR paused_until <= ${at})
                   ORDER BY due_at LIMIT ${count} FOR UPDATE SKIP LOCKED)
    RETURNING id::text, turn::text`;
  return rows.map((row) => claimedSchema.parse(row));
}

async function takeTurn(portal: DeliverContext, turn: Turn, random: () => number): Promise<void> {
  const { db, now } = portal;
  const start = performance.now();
  for (let sent = 0; sent < messagesMax && performance.now() - start < busyMilliseconds; sent += 1) {
    const webhook = await db.webhook.findFirst({ where: { id: turn.id, turn: turn.turn, disabledAt: null } });
    if (webhook === null) break;
    const delivery = await db.webhookDelivery.findFirst({
      where: { webhookId: turn.id, nextAt: { lte: now() } },
      orderBy: [{ nextAt: 'asc' }, { id: 'asc' }],
    });
    if (delivery === null) break;
    const outcome = await attempt(portal, webhook, delivery);
    await recordOutcome(portal, { webhook, delivery, outcome, random });
    // Chat services take about one message a second.
    if (outcome.kind !== 'taken' || webhook.format !== 'standard') break;
  }
  await release(portal, turn);
}

async function release({ db }: DeliverContext, { id, turn }: Turn): Promise<void> {
  await db.$transaction(async (transaction) => {
    // Locked before it is asked what waits: a message that is being written then sets the time after this, and none is missed.
    await transaction.$queryRaw`
      SELECT id FROM portal.webhook WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    await transaction.$executeRaw`
      UPDATE portal.webhook
         SET turn = NULL, turn_until = NULL,
             due_at = CASE WHEN disabled_at IS NULL THEN
               (SELECT min(next_at) FROM portal.webhook_delivery WHERE webhook_id = webhook.id) END
       WHERE id = ${id}::uuid AND turn = ${turn}::uuid`;
  });
}
