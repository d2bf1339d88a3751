/** Where somebody wants to be notified, and about what. Private to them. */
import { z } from 'zod';
import type { Identity, StoredIdentity } from '#core/identity/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { columnsOf } from './account.ts';
import { requestConfirmation, isVouchedFor, tooManyConfirmations } from './confirm-address.ts';
import { NotificationsError } from './error.ts';
import { deliveries, notificationKinds, defaultDelivery } from './kinds.ts';
import type { Delivery, NotificationKind } from './kinds.ts';

export interface NotificationChoices {
  /** null: nowhere but on the portal's own page. */
  readonly email: string | null;
  /** Whether its owner confirmed it, or the login provider vouches for it: before that nothing is sent to it. */
  readonly isConfirmed: boolean;
  readonly choices: Readonly<Record<NotificationKind, Delivery>>;
}

const emailForm = /^[^\s@<>",;]{1,64}@[^\s@<>",;]{1,190}\.[^\s@<>",;.]{2,63}$/;
/** In characters: 64 before the @, 255 after it (RFC 5321 §4.5.3.1). */
const emailCharactersMax = 320;
const storedSchema = z.record(z.string(), z.enum(deliveries).catch('at-once'));

const uniquely = (account: StoredIdentity) => ({ accountHost_accountId: columnsOf(account) });

export async function choicesOf(
  db: Portal['db'] | Transaction,
  account: StoredIdentity,
): Promise<NotificationChoices> {
  const row = await db.notificationChoice.findUnique({ where: uniquely(account) });
  const stored = storedSchema.safeParse(row?.choices).data ?? {};
  const choices = { ...defaultDelivery };
  for (const kind of kindsOf()) choices[kind] = stored[kind] ?? choices[kind];
  const email = row?.email ?? null;
  return { email, isConfirmed: email !== null && (row?.confirmedAt ?? null) !== null, choices };
}

export const kindsOf = (): readonly NotificationKind[] =>
  Object.keys(notificationKinds) as NotificationKind[];

/** The kinds that somebody can get in their current roles: nobody is asked about notices that they never get. */
export function kindsFor(actor: Context['actor']): readonly NotificationKind[] {
  const isPerson = actor.kind === 'person';
  const reviews = isPerson && actor.roles.foundationReviewer;
  const runs = reviews || (isPerson && actor.roles.policyMaintainer);
  return kindsOf().filter((kind) => {
    if (kind === 'foundation-alert') return runs;
    if (kind.startsWith('review-')) return reviews;
    // Only people whom a policy names are notified about requests.
    return isPerson || !kind.startsWith('request-');
  });
}

export async function readChoices(call: { readonly ctx: Context }): Promise<NotificationChoices> {
  return choicesOf(call.ctx.db, accountOf(call.ctx));
}

/** Kinds missing from the input keep their choice: the page shows only those that the person can get now. */
export async function saveChoices(call: {
  readonly ctx: Context;
  readonly input: {
    readonly email: string;
    readonly choices: Readonly<Partial<Record<NotificationKind, string>>>;
  };
}): Promise<void> {
  const { ctx, input } = call;
  const account = accountOf(ctx);
  const reader = new FieldReader();
  const rules = { label: 'E-mail address', optional: true, charactersMax: emailCharactersMax };
  const email = reader.text('email', input.email, rules);
  if (email !== '' && !emailForm.test(email)) {
    const message = 'E-mail address: enter one like name@example.org, or leave it empty.';
    reader.refuse('email', 'INVALID', message);
  }
  const chosen: Record<string, Delivery> = {};
  for (const kind of kindsOf()) {
    const message = `${notificationKinds[kind]}: choose how you want to be told.`;
    const sent = input.choices[kind] ?? '';
    const read = sent === '' ? null : reader.choice(kind, sent, deliveries, message);
    if (read !== null) chosen[kind] = read;
  }
  const [problem] = reader.problems;
  if (problem !== undefined) {
    throw new NotificationsError({
      code: 'CHOICE_INVALID',
      message: problem.message,
      fields: reader.problems,
      fix: 'Correct it and save again.',
    });
  }
  await ctx.db.$transaction(async (transaction) => {
    const before = await transaction.notificationChoice.findUnique({ where: uniquely(account) });
    const now = ctx.now();
    const isKnown = email !== '' && before?.email === email;
    const confirmedAt = isKnown ? before.confirmedAt : await vouched(transaction, now, { account, email });
    const choices = { ...storedSchema.safeParse(before?.choices).data, ...chosen };
    const data = { email: email === '' ? null : email, confirmedAt, choices, updatedAt: now };
    await transaction.notificationChoice.upsert({
      where: uniquely(account),
      update: data,
      create: { ...columnsOf(account), ...data },
    });
    if (email === '' || isKnown || confirmedAt !== null || ctx.config.mail === undefined) return;
    // Then nothing is saved; the form still has what was entered.
    if (!(await requestConfirmation(transaction, now, { account, email }))) throw tooManyConfirmations();
  });
}

/** Sends the e-mail that asks for confirmation once more. Does nothing where there is nothing to confirm. */
export async function resendConfirmation(call: { readonly ctx: Context }): Promise<void> {
  const { ctx } = call;
  const account = accountOf(ctx);
  await ctx.db.$transaction(async (transaction) => {
    const { email, isConfirmed } = await choicesOf(transaction, account);
    if (email === null || isConfirmed || ctx.config.mail === undefined) return;
    if (!(await requestConfirmation(transaction, ctx.now(), { account, email })))
      throw tooManyConfirmations();
  });
}

async function vouched(
  transaction: Transaction,
  now: Date,
  of: { readonly account: StoredIdentity; readonly email: string },
): Promise<Date | null> {
  return of.email !== '' && (await isVouchedFor(transaction, of)) ? now : null;
}

/** Keeps the address that somebody gave with an application, unless they have chosen one. */
export async function keepAddress(
  transaction: Transaction,
  ctx: Pick<Context, 'now' | 'config'>,
  account: StoredIdentity,
  email: string,
): Promise<void> {
  if (!emailForm.test(email)) return;
  const now = ctx.now();
  const confirmedAt = await vouched(transaction, now, { account, email });
  const { count } = await transaction.notificationChoice.createMany({
    data: { ...columnsOf(account), email, confirmedAt, choices: {}, updatedAt: now },
    skipDuplicates: true,
  });
  // An application isn't refused because of the limit on e-mails: /messages sends another one later.
  if (count > 0 && confirmedAt === null && ctx.config.mail !== undefined)
    await requestConfirmation(transaction, now, { account, email });
}

export function accountOf({ actor }: Pick<Context, 'actor'>): Identity {
  if (actor.kind === 'account' || actor.kind === 'person') return actor.identity;
  throw new NotificationsError({
    code: 'NOT_SIGNED_IN',
    message: 'You are not signed in.',
    fix: 'Sign in, then come back.',
  });
}
