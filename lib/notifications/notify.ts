import { includesIdentity } from '#core/identity/index.ts';
import type { Identity, StoredIdentity } from '#core/identity/index.ts';
import { identitiesOf } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { columnsOf } from './account.ts';
import { choicesOf } from './choices.ts';
import type { NotificationKind } from './kinds.ts';
import { subjectLine } from './subject.ts';
import { addToGroup } from './grouping.ts';
import type { Grouping } from './grouping.ts';

export interface Message {
  readonly kind: NotificationKind;
  /** One line. */
  readonly subject: string;
  readonly body: string;
  /** Path of the page it is about. */
  readonly path: string;
  /** For notices that others can cause in any number: how they are grouped when there are too many at once. */
  readonly grouping?: Grouping;
}

const digestHourUtc = 6;

/**
 * Writes a message to somebody, in the transaction of the event it reports: neither exists without the other. → its id, or that of
 * the group message it was added to.
 */
export async function notify(
  transaction: Transaction,
  ctx: Pick<Portal, 'now' | 'config'>,
  account: StoredIdentity,
  message: Message,
): Promise<bigint> {
  const { isConfirmed, choices } = await choicesOf(transaction, account);
  const delivery = choices[message.kind];
  const now = ctx.now();
  const sends = ctx.config.mail !== undefined && isConfirmed && delivery !== 'never';
  const draft = {
    ...columnsOf(account),
    kind: message.kind,
    createdAt: now,
    state: sends ? ('waiting' as const) : ('kept' as const),
    sendAt: delivery === 'digest' ? nextDigest(now) : now,
  };
  const { grouping: grouping } = message;
  const joined =
    grouping === undefined ? null : await addToGroup(transaction, { ...draft, grouping: grouping });
  if (joined !== null) return joined;
  const { id } = await transaction.notification.create({
    data: {
      ...draft,
      body: message.body,
      path: message.path,
      topic: grouping?.topic ?? null,
      subject: subjectLine(message.subject),
    },
    select: { id: true },
  });
  return id;
}

/** Every reviewer of the foundation but `except`. */
export async function notifyReviewers(
  transaction: Transaction,
  ctx: Pick<Portal, 'now' | 'config'>,
  snapshot: PolicySnapshot,
  message: Message,
  except: readonly StoredIdentity[] = [],
): Promise<void> {
  for (const { value } of snapshot.people.values()) {
    const [account] = identitiesOf(value);
    if (value.roles?.includes('reviewer') !== true || includesIdentity(except, account)) continue;
    await notify(transaction, ctx, account, message);
  }
}

/** Everybody who runs the foundation: its reviewers and its policy maintainers, each once. → how many. */
export async function notifyFoundation(
  transaction: Transaction,
  ctx: Pick<Portal, 'now' | 'config'>,
  snapshot: PolicySnapshot,
  message: Message,
): Promise<number> {
  const accounts = foundationOf(snapshot);
  for (const one of accounts) await notify(transaction, ctx, one, message);
  return accounts.length;
}

/** Whether somebody gets, and hasn't turned off, the alerts that everybody who runs the foundation gets. */
export async function getsFoundationAlerts(
  transaction: Transaction,
  snapshot: PolicySnapshot,
  account: StoredIdentity,
): Promise<boolean> {
  if (!includesIdentity(foundationOf(snapshot), account)) return false;
  return (await choicesOf(transaction, account)).choices['foundation-alert'] !== 'never';
}

/** No account is of two people, so each is there once. */
function foundationOf(snapshot: PolicySnapshot): readonly Identity[] {
  const maintainers = maintainersOf(snapshot);
  return [...snapshot.people]
    .filter(([handle, { value }]) => maintainers.has(handle) || value.roles?.includes('reviewer') === true)
    .map(([, { value }]) => identitiesOf(value)[0]);
}

/** Every policy maintainer. → how many. */
export async function notifyMaintainers(
  transaction: Transaction,
  ctx: Pick<Portal, 'now' | 'config'>,
  snapshot: PolicySnapshot,
  message: Message,
): Promise<number> {
  const maintainers = maintainersOf(snapshot);
  const accounts = [...snapshot.people]
    .filter(([handle]) => maintainers.has(handle))
    .map(([, { value }]) => identitiesOf(value)[0]);
  for (const one of accounts) await notify(transaction, ctx, one, message);
  return accounts.length;
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
