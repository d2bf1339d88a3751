import { accountsOf } from '../platform/auth/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { columnsOf } from './account.ts';
import { accountOf } from './choices.ts';

export interface ReceivedNotification {
  readonly id: bigint;
  readonly kind: string;
  readonly subject: string;
  readonly body: string;
  readonly path: string;
  readonly createdAt: Date;
  /** waiting: not sent yet. kept: only here. */
  readonly state: string;
  readonly error: string | null;
}

const pageLength = 50;

/** The signed-in person's messages, newest first. `before`: the id to go on after. */
export async function listNotifications(call: {
  readonly ctx: Context;
  readonly input: { readonly before: bigint | null };
}): Promise<{ readonly items: readonly ReceivedNotification[]; readonly next: bigint | null }> {
  const { ctx, input } = call;
  accountOf(ctx);
  const rows = await ctx.db.notification.findMany({
    where: {
      OR: accountsOf(ctx.actor).map(columnsOf),
      ...(input.before === null ? {} : { id: { lt: input.before } }),
    },
    orderBy: { id: 'desc' },
    take: pageLength + 1,
  });
  const items = rows.slice(0, pageLength);
  return { items, next: rows.length > pageLength ? (items.at(-1)?.id ?? null) : null };
}
