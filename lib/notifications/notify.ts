import type { PolicySnapshot } from '#core/policy/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { choicesOf } from './choices.ts';
import type { NotificationKind } from './kinds.ts';
import { subjectLine } from './subject.ts';
import { putTogether } from './together.ts';
import type { Together } from './together.ts';

export interface Message {
  readonly kind: NotificationKind;
  /** One line. */
  readonly subject: string;
  readonly body: string;
  /** Path of the page it is about. */
  readonly path: string;
  /** Of news that others can bring about in any number: how it looks where there is too much of it at once. */
  readonly together?: Together;
}

const digestHourUtc = 6;

/**
 * Writes a message to somebody, in the transaction of what it tells: neither is there without the other. → its id, or
 * that of the message it was put into.
 */
export async function notify(
  transaction: Transaction,
  ctx: Pick<Portal, 'now' | 'config'>,
  accountId: string,
  message: Message,
): Promise<bigint> {
  const { isConfirmed, choices } = await choicesOf(transaction, accountId);
  const delivery = choices[message.kind];
  const now = ctx.now();
  const sends = ctx.config.mail !== undefined && isConfirmed && delivery !== 'never';
  const draft = {
    accountId,
    kind: message.kind,
    createdAt: now,
    state: sends ? ('waiting' as const) : ('kept' as const),
    sendAt: delivery === 'digest' ? nextDigest(now) : now,
  };
  const { together } = message;
  const joined = together === undefined ? null : await putTogether(transaction, { ...draft, together });
  if (joined !== null) return joined;
  const { id } = await transaction.notification.create({
    data: {
      ...draft,
      body: message.body,
      path: message.path,
      topic: together?.topic ?? null,
      subject: subjectLine(message.subject),
    },
    select: { id: true },
  });
  return id;
}

/** Every reviewer of the foundation but `except` (numeric ids). */
export async function notifyReviewers(
  transaction: Transaction,
  ctx: Pick<Portal, 'now' | 'config'>,
  snapshot: PolicySnapshot,
  message: Message,
  except: readonly string[] = [],
): Promise<void> {
  for (const { value } of snapshot.people.values()) {
    if (value.roles?.includes('reviewer') !== true || except.includes(value.githubId)) continue;
    await notify(transaction, ctx, value.githubId, message);
  }
}

/** Everybody who runs the foundation: its reviewers and its policy maintainers, each once. → how many. */
export async function notifyFoundation(
  transaction: Transaction,
  ctx: Pick<Portal, 'now' | 'config'>,
  snapshot: PolicySnapshot,
  message: Message,
): Promise<number> {
  const ids = foundationOf(snapshot);
  for (const id of ids) await notify(transaction, ctx, id, message);
  return ids.size;
}

/** Whether somebody gets, and hasn't turned off, what everybody who runs the foundation is alerted of. */
export async function hearsAsFoundation(
  transaction: Transaction,
  snapshot: PolicySnapshot,
  accountId: string,
): Promise<boolean> {
  if (!foundationOf(snapshot).has(accountId)) return false;
  return (await choicesOf(transaction, accountId)).choices['foundation-alert'] !== 'never';
}

function foundationOf(snapshot: PolicySnapshot): ReadonlySet<string> {
  const maintainers = maintainersOf(snapshot);
  return new Set(
    [...snapshot.people]
      .filter(([handle, { value }]) => maintainers.has(handle) || value.roles?.includes('reviewer') === true)
      .map(([, { value }]) => value.githubId),
  );
}

/** Every policy maintainer. → how many. */
export async function notifyMaintainers(
  transaction: Transaction,
  ctx: Pick<Portal, 'now' | 'config'>,
  snapshot: PolicySnapshot,
  message: Message,
): Promise<number> {
  const maintainers = maintainersOf(snapshot);
  const ids = new Set(
    [...snapshot.people].filter(([handle]) => maintainers.has(handle)).map(([, { value }]) => value.githubId),
  );
  for (const id of ids) await notify(transaction, ctx, id, message);
  return ids.size;
}

const maintainersOf = ({ trustRoot }: PolicySnapshot): ReadonlySet<string> =>
  new Set<string>(trustRoot.value.policyMaintainers.members);

/** The next morning. */
function nextDigest(now: Date): Date {
  const at = new Date(now);
  at.setUTCHours(digestHourUtc, 0, 0, 0);
  if (at <= now) at.setUTCDate(at.getUTCDate() + 1);
  return at;
}
