import type { Context } from '../platform/portal/index.ts';
import type { ReceivedNotification } from './list.ts';

const shown = 100;

/** On a development portal, everything that was told to anybody; null anywhere else: messages are private. */
export async function readOutbox(call: {
  readonly ctx: Pick<Context, 'db' | 'config'>;
}): Promise<
  readonly (ReceivedNotification & { readonly accountId: string; readonly email: string | null })[] | null
> {
  const { db, config } = call.ctx;
  if (!config.auth.development) return null;
  const rows = await db.notification.findMany({ orderBy: { id: 'desc' }, take: shown });
  const accounts = await db.notificationChoice.findMany({
    where: { accountId: { in: rows.map((row) => row.accountId) } },
  });
  const emails = new Map(accounts.map((one) => [one.accountId, one.email]));
  return rows.map((row) => ({ ...row, email: emails.get(row.accountId) ?? null }));
}
