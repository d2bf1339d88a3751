import { identityText } from '#core/identity/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { accountIn, columnsOf } from './account.ts';
import type { ReceivedNotification } from './list.ts';

const shown = 100;

/** On a development portal, everybody's messages; null anywhere else: messages are private. */
export async function readOutbox(call: {
  readonly ctx: Pick<Context, 'db' | 'config'>;
}): Promise<
  | readonly (ReceivedNotification & { readonly account: StoredIdentity; readonly email: string | null })[]
  | null
> {
  const { db, config } = call.ctx;
  if (!config.auth.development) return null;
  const rows = await db.notification.findMany({ orderBy: { id: 'desc' }, take: shown });
  const accounts = await db.notificationChoice.findMany({
    where: { OR: rows.map((row) => columnsOf(accountIn(row))) },
  });
  const emails = new Map(accounts.map((account) => [identityText(accountIn(account)), account.email]));
  return rows.map((row) => {
    const account = accountIn(row);
    return { ...row, account, email: emails.get(identityText(account)) ?? null };
  });
}
