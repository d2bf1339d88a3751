/**
 * Sending what waits. A message is taken for some minutes, sent, and marked: a portal that is killed in between leaves
 * it to be sent again, with the same Message-ID.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { identityText } from '#core/identity/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { choicesOf, kindsOf } from './choices.ts';
import type { NotificationKind } from './kinds.ts';
import type { MailTransport } from './mail.ts';
import { unsubscribeHeaders, unsubscribeToken } from './unsubscribe.ts';

const batch = 100;
const takenMinutes = 5;
const attemptsMax = 8;
const minuteMilliseconds = 60_000;

const rowSchema = z.object({
  id: z.bigint(),
  account_host: z.string(),
  account_id: z.string(),
  kind: z.string(),
  subject: z.string(),
  body: z.string(),
  path: z.string(),
  attempts: z.number(),
  mailing: z.string().nullable(),
});
type Taken = z.output<typeof rowSchema>;

/** → what could not be delivered, in words for operators; no address in it. */
export async function sendDueNotifications(
  portal: Pick<Portal, 'db' | 'now' | 'config'>,
  transport: MailTransport,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { account, mailing, rows } of await begin(portal, await take(portal))) {
    const { email, isConfirmed, choices } = await choicesOf(portal.db, account);
    const wanted = rows.filter((row) => choices[row.kind as NotificationKind] !== 'never');
    if (email === null || !isConfirmed || wanted.length === 0) {
      await mark(portal, rows, { state: 'kept', error: null });
      continue;
    }
    try {
      await transport.send({ to: email, ...mailOf(portal, { account, email, mailing, rows: wanted }) });
      await mark(portal, rows, { state: 'sent', sentAt: portal.now(), error: null });
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 300) : String(error);
      problems.push(`${rows.length} messages could not be sent: ${reason.replaceAll(email, '…')}`);
      for (const row of rows) await postpone(portal, row, reason);
    }
  }
  return problems;
}

async function take({ db, now }: Pick<Portal, 'db' | 'now'>): Promise<readonly Taken[]> {
  const until = new Date(now().getTime() + takenMinutes * minuteMilliseconds);
  const rows = await db.$queryRaw<unknown[]>`
    UPDATE portal.notification SET attempts = attempts + 1, send_at = ${until}
     WHERE id IN (SELECT id FROM portal.notification
                   WHERE state = 'waiting' AND send_at <= ${now()}
                   ORDER BY send_at, id LIMIT ${batch} FOR UPDATE SKIP LOCKED)
    RETURNING id, account_host, account_id, kind, subject, body, path, attempts, mailing::text`;
  return rows.map((row) => rowSchema.parse(row)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface Mailing {
  readonly account: StoredIdentity;
  readonly mailing: string;
  readonly rows: readonly Taken[];
}

/**
 * What each e-mail holds, written down before it is sent: whoever sends it again, after a crash in between, sends the same under
 * the same Message-ID.
 */
async function begin({ db }: Pick<Portal, 'db'>, taken: readonly Taken[]): Promise<readonly Mailing[]> {
  const mailings = new Map<string, { account: StoredIdentity; mailing: string; rows: Taken[] }>();
  for (const row of taken) {
    const account = { host: row.account_host, id: row.account_id };
    const key = row.mailing ?? identityText(account);
    const one = mailings.get(key) ?? {
      account,
      mailing: row.mailing ?? randomUUID(),
      rows: [],
    };
    one.rows.push(row);
    mailings.set(key, one);
  }
  for (const { mailing, rows } of mailings.values()) {
    const fresh = rows.filter((row) => row.mailing === null).map((row) => row.id);
    if (fresh.length > 0)
      await db.notification.updateMany({ where: { id: { in: fresh } }, data: { mailing } });
  }
  return [...mailings.values()];
}

/** One message as it is; several together, each with its subject and address. */
function mailOf({ config }: Pick<Portal, 'config'>, of: Mailing & { readonly email: string }) {
  const { account, email, mailing, rows } = of;
  const kinds = kindsOf().filter((kind) => rows.some((row) => row.kind === kind));
  const token = unsubscribeToken(config, { account, email, kinds });
  const shared = {
    messageId: `<notification-${mailing}@${new URL(config.publicUrl).hostname}>`,
    headers: unsubscribeHeaders(config, token),
  };
  const foot = [
    '--',
    `What you get by e-mail, you choose at ${config.publicUrl}/messages`,
    `Stop e-mail like this, without signing in: ${config.publicUrl}/unsubscribe/${token}`,
  ].join('\n');
  const [first] = rows;
  const part = (row: Taken): string => `${row.body}\n\n${config.publicUrl}${row.path}`;
  if (rows.length === 1 && first !== undefined) {
    return { ...shared, subject: first.subject, text: `${part(first)}\n\n${foot}\n` };
  }
  const parts = rows.map(
    (row) => `${row.subject}\n${'-'.repeat(Math.min(60, row.subject.length))}\n${part(row)}`,
  );
  return {
    ...shared,
    subject: `${rows.length} messages from the foundation’s portal`,
    text: `${parts.join('\n\n\n')}\n\n${foot}\n`,
  };
}

async function mark(
  { db }: Pick<Portal, 'db'>,
  rows: readonly Taken[],
  data: { readonly state: string; readonly sentAt?: Date; readonly error: string | null },
): Promise<void> {
  await db.notification.updateMany({ where: { id: { in: rows.map((row) => row.id) } }, data });
}

/** Later and later: 2, 4, 8 … minutes; at last it stays where its reader finds it on the portal. */
async function postpone({ db, now }: Pick<Portal, 'db' | 'now'>, row: Taken, error: string): Promise<void> {
  const given = row.attempts >= attemptsMax;
  await db.notification.update({
    where: { id: row.id },
    data: {
      state: given ? 'failed' : 'waiting',
      error,
      sendAt: new Date(now().getTime() + 2 ** row.attempts * minuteMilliseconds),
    },
  });
}
