import type { AuditAction } from '../core/audit/index.ts';
import { actorName } from '../platform/auth/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';

/** Writes who did what, in the transaction of the deed: there is no deed without its record. */
export async function recordEvent(
  transaction: Transaction,
  ctx: Pick<Context, 'actor' | 'now'>,
  event: {
    readonly action: AuditAction;
    readonly subject: string;
    readonly detail: Readonly<Record<string, string | number | null>>;
  },
): Promise<void> {
  await transaction.auditEvent.create({
    data: {
      at: ctx.now(),
      actor: actorName(ctx.actor),
      action: event.action,
      subject: event.subject,
      detail: event.detail,
    },
  });
}
