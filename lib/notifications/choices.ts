/** Where somebody wants to be told, and of what: their own, and nobody else's to see. */
import { z } from 'zod';
import type { Transaction } from '../platform/db/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { NotificationsError } from './error.ts';
import { deliveries, notificationKinds, usualDelivery } from './kinds.ts';
import type { Delivery, NotificationKind } from './kinds.ts';

export interface NotificationChoices {
  /** null: nowhere but on the portal's own page. */
  readonly email: string | null;
  readonly choices: Readonly<Record<NotificationKind, Delivery>>;
}

const emailForm = /^[^\s@<>",;]{1,64}@[^\s@<>",;]{1,190}\.[^\s@<>",;.]{2,63}$/;
/** In characters: 64 before the @, 255 after it (RFC 5321 §4.5.3.1). */
const emailCharactersMax = 320;
const storedSchema = z.record(z.string(), z.enum(deliveries).catch('at-once'));

export async function choicesOf(
  db: Portal['db'] | Transaction,
  accountId: string,
): Promise<NotificationChoices> {
  const row = await db.notificationChoice.findUnique({ where: { accountId } });
  const stored = storedSchema.safeParse(row?.choices).data ?? {};
  const choices = { ...usualDelivery };
  for (const kind of kindsOf()) choices[kind] = stored[kind] ?? choices[kind];
  return { email: row?.email ?? null, choices };
}

export const kindsOf = (): readonly NotificationKind[] =>
  Object.keys(notificationKinds) as NotificationKind[];

export async function readChoices(call: { readonly ctx: Context }): Promise<NotificationChoices> {
  return choicesOf(call.ctx.db, accountOf(call.ctx));
}

export async function saveChoices(call: {
  readonly ctx: Context;
  readonly input: {
    readonly email: string;
    readonly choices: Readonly<Partial<Record<NotificationKind, string>>>;
  };
}): Promise<void> {
  const { ctx, input } = call;
  const accountId = accountOf(ctx);
  const reader = new FieldReader();
  const rules = { label: 'E-mail address', optional: true, charactersMax: emailCharactersMax };
  const email = reader.text('email', input.email, rules);
  if (email !== '' && !emailForm.test(email)) {
    const message = 'E-mail address: enter one like name@example.org, or leave it empty.';
    reader.refuse('email', 'INVALID', message);
  }
  const choices: Record<string, Delivery> = {};
  for (const kind of kindsOf()) {
    const message = `${notificationKinds[kind]}: choose how you want to be told.`;
    const sent = input.choices[kind] ?? '';
    choices[kind] =
      sent === '' ? usualDelivery[kind] : (reader.choice(kind, sent, deliveries, message) ?? 'at-once');
  }
  const [problem] = reader.problems;
  if (problem !== undefined) {
    throw new NotificationsError({
      ...{ code: 'CHOICE_INVALID', message: problem.message, fields: reader.problems },
      fix: 'Correct it and save again.',
    });
  }
  const data = { email: email === '' ? null : email, choices, updatedAt: ctx.now() };
  await ctx.db.notificationChoice.upsert({
    where: { accountId },
    update: data,
    create: { accountId, ...data },
  });
}

/** The address somebody gave with an application, unless they have chosen one. */
export async function keepAddress(
  transaction: Transaction,
  ctx: Pick<Context, 'now'>,
  accountId: string,
  email: string,
): Promise<void> {
  if (!emailForm.test(email)) return;
  await transaction.notificationChoice.createMany({
    data: { accountId, email, choices: {}, updatedAt: ctx.now() },
    skipDuplicates: true,
  });
}

export function accountOf({ actor }: Pick<Context, 'actor'>): string {
  if (actor.kind === 'account' || actor.kind === 'person') return actor.githubId;
  throw new NotificationsError({
    code: 'NOT_SIGNED_IN',
    message: 'You are not signed in.',
    fix: 'Sign in, then come back.',
  });
}
