/**
 * Nothing is sent to an address before its owner has confirmed it: by a link sent there, and a button on the page behind it,
 * because programs follow links in e-mails. These e-mails are limited per account and per address, whoever enters it.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { hostLabel, identityTextAsBefore, readIdentityAsBefore } from '#core/identity/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';
import { addressSha256 } from '../platform/auth/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { columnsOf } from './account.ts';
import { NotificationsError } from './error.ts';
import type { MailTransport } from './mail.ts';
import { openLink, sealLink, shortDigestOf, type LinkConfig } from './sealed-link.ts';

const hourMilliseconds = 3600 * 1000;
const dayMilliseconds = 24 * hourMilliseconds;
/** Confirmation e-mails for one account, and for one address. */
const hourlyMax = 3;
const dailyMax = 5;
/** For the whole portal: a thousand accounts created to write to a thousand people reach only a few of them. */
const portalHourlyMax = 200;
const attemptsMax = 4;
const batch = 20;
const keptMilliseconds = 7 * dayMilliseconds;

export const confirmationHours = 24;

const linkSchema = z.strictObject({
  /** account, as `identityTextAsBefore` writes it */
  a: z.string().min(1).max(40),
  /** digest of the address, in lower case */
  e: z.string().length(22),
  /** until when, in seconds since 1970 */
  x: z.int().positive(),
});

/** Queues a confirmation e-mail. → false: the limit is reached, and none is sent. */
export async function requestConfirmation(
  transaction: Transaction,
  now: Date,
  of: { readonly account: StoredIdentity; readonly email: string },
): Promise<boolean> {
  const digest = addressSha256(of.email);
  // Concurrent requests are counted one after the other.
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('countersign:address-confirmation', 0))`;
  const since = (milliseconds: number) => ({ gt: new Date(now.getTime() - milliseconds) });
  const count = (where: object, milliseconds: number) =>
    transaction.addressConfirmation.count({ where: { ...where, askedAt: since(milliseconds) } });
  for (const where of [columnsOf(of.account), { addressSha256: digest }]) {
    if ((await count(where, hourMilliseconds)) >= hourlyMax) return false;
    if ((await count(where, dayMilliseconds)) >= dailyMax) return false;
  }
  if ((await count({}, hourMilliseconds)) >= portalHourlyMax) return false;
  await transaction.addressConfirmation.create({
    data: {
      id: randomUUID(),
      ...columnsOf(of.account),
      email: of.email,
      addressSha256: digest,
      askedAt: now,
      sendAt: now,
      state: 'waiting',
    },
  });
  return true;
}

/** Whether the login provider said, at the last sign-in, that the address is the account's and verified. */
export async function isVouchedFor(
  db: Transaction,
  of: { readonly account: StoredIdentity; readonly email: string },
): Promise<boolean> {
  const row = await db.vouchedAddress.findUnique({
    where: {
      accountHost_accountId_addressSha256: {
        ...columnsOf(of.account),
        addressSha256: addressSha256(of.email),
      },
    },
  });
  return row !== null;
}

export const tooManyConfirmations = (): NotificationsError =>
  new NotificationsError({
    code: 'CONFIRMATION_LIMIT',
    message: `E-mail address: too many e-mails were asked for. An address and an account get ${hourlyMax} an hour and ${dailyMax} a day.`,
    fix: 'Look for the last one, also among unwanted e-mail; or try again later.',
    fields: [
      {
        field: 'email',
        code: 'INVALID',
        message: 'E-mail address: too many e-mails were asked for; try again later.',
      },
    ],
  });

/** The token at the end of the link in such an e-mail. */
export function confirmationToken(
  config: LinkConfig,
  of: { readonly account: StoredIdentity; readonly email: string; readonly until: Date },
): string {
  const until = Math.floor(of.until.getTime() / 1000);
  const link = { a: identityTextAsBefore(of.account), e: shortDigestOf(of.email), x: until };
  return sealLink(config, 'address confirmation', link);
}

/**
 * `ready`: it would confirm; `done`: the address is confirmed. Throws NotificationsError: LINK_INVALID where the portal didn't make it, or
 * the account has another address by now, LINK_EXPIRED.
 */
export async function readConfirmationLink(call: {
  readonly ctx: Pick<Context, 'db' | 'config' | 'now'>;
  readonly input: { readonly token: string };
}): Promise<{ readonly account: StoredIdentity; readonly email: string; readonly state: 'ready' | 'done' }> {
  const { db, config, now } = call.ctx;
  const link = linkSchema.safeParse(openLink(config, 'address confirmation', call.input.token));
  if (!link.success) throw linkInvalid();
  const { a, e, x } = link.data;
  const account = readIdentityAsBefore(a);
  const row = await db.notificationChoice.findUnique({
    where: { accountHost_accountId: columnsOf(account) },
  });
  const email = row?.email ?? null;
  if (row === null || email === null || shortDigestOf(email) !== e) throw linkInvalid();
  if (row.confirmedAt !== null) return { account, email, state: 'done' };
  if (x * 1000 <= now().getTime()) {
    throw new NotificationsError({
      code: 'LINK_EXPIRED',
      message: `This link is older than ${confirmationHours} hours.`,
      fix: 'Sign in and let /messages send another one.',
    });
  }
  return { account, email, state: 'ready' };
}

/** Whoever has the link reads the address. May be repeated. */
export async function confirmAddress(call: {
  readonly ctx: Pick<Context, 'db' | 'config' | 'now'>;
  readonly input: { readonly token: string };
}): Promise<void> {
  const { account, email, state } = await readConfirmationLink(call);
  if (state === 'done') return;
  await call.ctx.db.notificationChoice.updateMany({
    // Not an address that was entered in the meantime.
    where: { ...columnsOf(account), email, confirmedAt: null },
    data: { confirmedAt: call.ctx.now() },
  });
}

const rowSchema = z.object({
  id: z.string(),
  account_host: z.string(),
  account_id: z.string(),
  email: z.string(),
  attempts: z.number(),
});

/** → what could not be sent, in words for operators; no address in it. Safe in several portals at once. */
export async function sendConfirmations(
  portal: Pick<Portal, 'db' | 'now' | 'config'>,
  transport: MailTransport,
): Promise<readonly string[]> {
  const { db, config } = portal;
  const now = portal.now();
  await db.addressConfirmation.deleteMany({
    where: { askedAt: { lt: new Date(now.getTime() - keptMilliseconds) } },
  });
  const later = new Date(now.getTime() + hourMilliseconds / 12);
  const rows = await db.$queryRaw<unknown[]>`
    UPDATE portal.address_confirmation SET attempts = attempts + 1, send_at = ${later}
     WHERE id IN (SELECT id FROM portal.address_confirmation WHERE state = 'waiting' AND send_at <= ${now}
                   ORDER BY send_at, id LIMIT ${batch} FOR UPDATE SKIP LOCKED)
    RETURNING id::text, account_host, account_id, email, attempts`;
  const problems: string[] = [];
  for (const row of rows.map((row) => rowSchema.parse(row))) {
    const { id, email, attempts } = row;
    const account = { host: row.account_host, id: row.account_id };
    const choice = await db.notificationChoice.findUnique({
      where: { accountHost_accountId: columnsOf(account) },
    });
    if (choice?.email !== email || choice.confirmedAt !== null) {
      await db.addressConfirmation.update({ where: { id }, data: { state: 'withdrawn' } });
      continue;
    }
    try {
      await transport.send({ to: email, ...mailOf(config, { id, account, email, now }) });
      await db.addressConfirmation.update({ where: { id }, data: { state: 'sent' } });
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 300) : String(error);
      problems.push(
        `an e-mail that asks for confirmation could not be sent: ${reason.replaceAll(email, '…')}`,
      );
      await db.addressConfirmation.update({
        where: { id },
        data: { state: attempts >= attemptsMax ? 'failed' : 'waiting' },
      });
    }
  }
  return problems;
}

/** Contains no text that a user typed: it may reach people who never asked for it. */
function mailOf(
  config: LinkConfig,
  of: { readonly id: string; readonly account: StoredIdentity; readonly email: string; readonly now: Date },
) {
  const until = new Date(of.now.getTime() + confirmationHours * hourMilliseconds);
  const token = confirmationToken(config, { ...of, until });
  return {
    messageId: `<address-${of.id}@${new URL(config.publicUrl).hostname}>`,
    headers: {},
    subject: 'Is this your e-mail address?',
    text: [
      `Somebody who signed in at ${config.publicUrl} with account ${of.account.id} on ${hostLabel(of.account.host)} wants messages sent to this address.`,
      '',
      `If that was you, open this page within ${confirmationHours} hours and press its button:`,
      `${config.publicUrl}/confirm-address/${token}`,
      '',
      'If it wasn’t, do nothing. No messages come here unless you press the button.',
      '',
    ].join('\n'),
  };
}

const linkInvalid = (): NotificationsError =>
  new NotificationsError({
    code: 'LINK_INVALID',
    message: 'This link is not one of this portal’s e-mails, or the account has another address by now.',
    fix: 'Copy the whole link from the newest e-mail; or sign in and let /messages send another one.',
  });
