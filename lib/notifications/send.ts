/**
 * Sends waiting messages. A message is claimed for some minutes, sent, and marked: if the portal is killed in between, it is sent
 * again with the same Message-ID.
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
const claimMinutes = 5;
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
type ClaimedRow = z.output<typeof rowSchema>;

/** → what could not be delivered, in words for operators; no address in it. */
export async function sendDueNotifications(
  portal: Pick<Portal, 'db' | 'now' | 'config'>,
  transport: MailTransport,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { account, mailing, rows } of await assignMailings(portal, await claimDue(portal))) {
    const { email, isConfirmed, choices } = await choicesOf(portal.db, account);
    const selected = rows.filter((row) => choices[row.kind as NotificationKind] !== 'never');
    if (email === null || !isConfirmed || selected.length === 0) {
      await mark(portal, rows, { state: 'kept', error: null });
      continue;
    }
    try {
      await transport.send({ to: email, ...mailOf(portal, { account, email, mailing, rows: selected }) });
      await mark(portal, rows, { state: 'sent', sentAt: portal.now(), error: null });
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 300) : String(error);
      problems.push(`${rows.length} messages could not be sent: ${reason.replaceAll(email, '…')}`);
      for (const row of rows) await postpone(portal, row, reason);
    }
  }
  return problems;
}

async function claimDue({ db, now }: Pick<Portal, 'db' | 'now'>): Promise<readonly ClaimedRow[]> {
  const until = new Date(now().getTime() + claimMinutes * minuteMilliseconds);
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
  readonly rows: readonly ClaimedRow[];
}

/**
 * What each e-mail contains is recorded before it is sent: after a crash in between, the same is sent again under the same
 * Message-ID.
 */
async function assignMailings(
  { db }: Pick<Portal, 'db'>,
  claimed: readonly ClaimedRow[],
): Promise<readonly Mailing[]> {
  const mailings = new Map<string, { account: StoredIdentity; mailing: string; rows: ClaimedRow[] }>();
  for (const row of claimed) {
    const account = { host: row.account_host, id: row.account_id };
    const key = row.mailing ?? identityText(account);
    const entry = mailings.get(key) ?? {
      account,
      mailing: row.mailing ?? randomUUID(),
      rows: [],
    };
    entry.rows.push(row);
    mailings.set(key, entry);
  }
  for (const { mailing, rows } of mailings.values()) {
    const fresh = rows.filter((row) => row.mailing === null).map((row) => row.id);
    if (fresh.length > 0)
      await db.notification.updateMany({ where: { id: { in: fresh } }, data: { mailing } });
  }
  return [...mailings.values()];
}

/** A single message as it is; several in one e-mail, each with its subject and address. */
function mailOf({ config }: Pick<Portal, 'config'>, of: Mailing & { readonly email: string }) {
  const { account, email, mailing, rows } = of;
  const kinds = kindsOf().filter((kind) => rows.some((row) => row.kind === kind));
  const token = unsubscribeToken(config, { account, email, kinds });
  const shared = {
    messageId: `<notification-${mailing}@${new URL(config.publicUrl).hostname}>`,
    headers: unsubscribeHeaders(config, token),
  };
  const footer = [
    '--',
    `What you get by e-mail, you choose at ${config.publicUrl}/messages`,
    `Stop e-mail like this, without signing in: ${config.publicUrl}/unsubscribe/${token}`,
  ].join('\n');
  const [first] = rows;
  const part = (row: ClaimedRow): string => `${row.body}\n\n${config.publicUrl}${row.path}`;
  if (rows.length === 1 && first !== undefined) {
    return { ...shared, subject: first.subject, text: `${part(first)}\n\n${footer}\n` };
  }
  const parts = rows.map(
    (row) => `${row.subject}\n${'-'.repeat(Math.min(60, row.subject.length))}\n${part(row)}`,
  );
  return {
    ...shared,
    subject: `${rows.length} messages from the foundation’s portal`,
    text: `${parts.join('\n\n\n')}\n\n${footer}\n`,
  };
}

async function mark(
  { db }: Pick<Portal, 'db'>,
  rows: readonly ClaimedRow[],
  data: { readonly state: string; readonly sentAt?: Date; readonly error: string | null },
): Promise<void> {
  await db.notification.updateMany({ where: { id: { in: rows.map((row) => row.id) } }, data });
}

/** With exponential back-off: 2, 4, 8 … minutes; after the last attempt the message remains readable on the portal. */
async function postpone(
  { db, now }: Pick<Portal, 'db' | 'now'>,
  row: ClaimedRow,
  error: string,
): Promise<void> {
  const isLastAttempt = row.attempts >= attemptsMax;
  await db.notification.update({
    where: { id: row.id },
    data: {
      state: isLastAttempt ? 'failed' : 'waiting',
      error,
      sendAt: new Date(now().getTime() + 2 ** row.attempts * minuteMilliseconds),
    },
  });
}
