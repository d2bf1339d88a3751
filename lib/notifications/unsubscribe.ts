/**
 * Links that stop e-mail without signing in, and the headers with which mail programs offer it (RFC 2369, RFC 8058). A link names an
 * account, the kinds of message that its e-mail contained, and the address it went to; whoever has it can stop them and nothing else.
 */
import { z } from 'zod';
import { identityTextAsBefore, readIdentityAsBefore } from '#core/identity/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { columnsOf } from './account.ts';
import { choicesOf } from './choices.ts';
import { NotificationsError } from './error.ts';
import { notificationKinds } from './kinds.ts';
import type { NotificationKind } from './kinds.ts';
import { openLink, sealLink, shortDigestOf, type LinkConfig as Config } from './sealed-link.ts';

const linkSchema = z.strictObject({
  /** account, as `identityTextAsBefore` writes it: links of before are good, and a portal of before reads ours */
  a: z.string().min(1).max(40),
  /** digest of the address, in lower case */
  e: z.string().length(22),
  k: z.array(z.enum(Object.keys(notificationKinds) as [NotificationKind])).max(50),
});

/** Sealed, and valid until the session secret changes; `kinds` each once. */
export function unsubscribeToken(
  config: Config,
  of: {
    readonly account: StoredIdentity;
    readonly email: string;
    readonly kinds: readonly NotificationKind[];
  },
): string {
  const kinds = [...new Set(of.kinds)].toSorted();
  const link = { a: identityTextAsBefore(of.account), e: shortDigestOf(of.email), k: kinds };
  return sealLink(config, 'unsubscribe link', link);
}

/** Headers of an e-mail. One-click unsubscription requires https (RFC 8058, section 3.1). */
export function unsubscribeHeaders(config: Config, token: string): Readonly<Record<string, string>> {
  const list = { 'List-Unsubscribe': `<${config.publicUrl}/api/unsubscribe/${token}>` };
  return config.publicUrl.startsWith('https:')
    ? { ...list, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : list;
}

/**
 * What a link stops, and what of that is stopped already: `all` if nothing goes to its address any more. Throws NotificationsError
 * (LINK_INVALID) if the portal didn't make it.
 */
export async function readUnsubscribeLink(call: {
  readonly ctx: Pick<Portal, 'db' | 'config'>;
  readonly input: { readonly token: string };
}): Promise<{ readonly kinds: readonly NotificationKind[]; readonly stopped: 'nothing' | 'these' | 'all' }> {
  const { a, e, k: kinds } = openUnsubscribeToken(call.ctx.config, call.input.token);
  const { email, choices } = await choicesOf(call.ctx.db, readIdentityAsBefore(a));
  if (email === null || shortDigestOf(email) !== e) return { kinds, stopped: 'all' };
  return { kinds, stopped: kinds.every((kind) => choices[kind] === 'never') ? 'these' : 'nothing' };
}

/** Stops the kinds that a link names, or all e-mail. For anybody who has the link; may be repeated. */
export async function unsubscribe(call: {
  readonly ctx: Pick<Portal, 'db' | 'config' | 'now'>;
  readonly input: { readonly token: string; readonly all: boolean };
}): Promise<void> {
  const { db, config, now } = call.ctx;
  const { a, e, k: kinds } = openUnsubscribeToken(config, call.input.token);
  const account = columnsOf(readIdentityAsBefore(a));
  const row = await db.notificationChoice.findUnique({ where: { accountHost_accountId: account } });
  // Nothing goes to the address of an old link any more; a link says nothing about the account's new address.
  const email = row?.email ?? null;
  if (email === null || shortDigestOf(email) !== e) return;
  if (call.input.all) {
    await db.notificationChoice.updateMany({
      where: { ...account, email },
      data: { email: null, confirmedAt: null, updatedAt: now() },
    });
    return;
  }
  const never = JSON.stringify(Object.fromEntries(kinds.map((kind) => [kind, 'never'])));
  await db.$executeRaw`
    UPDATE portal.notification_choice SET choices = choices || ${never}::jsonb, updated_at = ${now()}
     WHERE account_host = ${account.accountHost} AND account_id = ${account.accountId} AND email = ${email}`;
}

/** account, digest of the address, kinds. Throws NotificationsError (LINK_INVALID). */
export function openUnsubscribeToken(config: Config, token: string): z.output<typeof linkSchema> {
  const link = linkSchema.safeParse(openLink(config, 'unsubscribe link', token));
  // Not this portal's, or made by another version with kinds that no longer exist.
  if (!link.success) throw linkInvalid();
  return link.data;
}

const linkInvalid = (): NotificationsError =>
  new NotificationsError({
    code: 'LINK_INVALID',
    message: 'This link is not one of this portal’s e-mails, or too old.',
    fix: 'Copy the whole link from the e-mail; or sign in and choose at /messages what you get.',
  });
