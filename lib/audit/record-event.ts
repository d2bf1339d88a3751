import type { AuditAction } from '#core/audit/index.ts';
import { actorName } from '../platform/auth/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';

type Actor = Pick<Context, 'actor' | 'now'>;

interface Event {
  readonly action: AuditAction;
  readonly subject: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

/** Records who did what, in the transaction of the action: no action without its record. */
export async function recordEvent(transaction: Transaction, ctx: Actor, event: Event): Promise<void> {
  await transaction.auditEvent.create({ data: rowOf(ctx, event) });
}

/** The same for many at once: one by one, a few hundred would exceed the transaction's time limit. */
export async function recordEvents(
  transaction: Transaction,
  ctx: Actor,
  events: readonly Event[],
): Promise<void> {
  await transaction.auditEvent.createMany({ data: events.map((event) => rowOf(ctx, event)) });
}

const rowOf = (ctx: Actor, { action, subject, detail }: Event) => ({
  at: ctx.now(),
  actor: actorName(ctx.actor),
  action,
  subject,
  detail,
});
