/** Notifies reviewers of reports: a few singly, many in one message, so that nobody can flood them. */
import { notifyReviewers } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { reportKinds, type ReportKind } from './kinds.ts';

/** How many anonymous reports, and reminders, per hour are sent singly. */
export const singlyMax = 3;
const hourMilliseconds = 3_600_000;
/** How long the others are collected. */
const gatherMilliseconds = 15 * 60_000;
const listedMax = 20;

export const minuteOf = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Whether a report is sent singly and at once: always if the reporter has an account. */
export async function isNotifiedSingly(
  transaction: Transaction,
  { actor, now }: Pick<Context, 'actor' | 'now'>,
): Promise<boolean> {
  if (actor.kind !== 'public') return true;
  const since = new Date(now().getTime() - hourMilliseconds);
  const sent = await transaction.report.count({
    where: { closedAt: null, reporter: 'public', toldAt: { gt: since } },
  });
  return sent < singlyMax;
}

/** Notifies the reviewers in one message of all reports not sent yet. → what went wrong, in words. */
export async function notifyOfReports(portal: Portal): Promise<readonly string[]> {
  const unsent = { toldAt: null, closedAt: null };
  const [oldest] = await portal.db.report.findMany({
    where: unsent,
    orderBy: { receivedAt: 'asc' },
    select: { receivedAt: true },
    take: 1,
  });
  const now = portal.now();
  if (oldest === undefined || now.getTime() - oldest.receivedAt.getTime() < gatherMilliseconds) return [];
  const snapshot = (await acceptedPolicy(portal))?.snapshot;
  if (snapshot === undefined) return [];
  await portal.db.$transaction(async (transaction) => {
    const listed = await transaction.report.findMany({
      where: unsent,
      orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
      select: { id: true, kind: true, dueAt: true },
      take: listedMax,
    });
    const { count } = await transaction.report.updateMany({ where: unsent, data: { toldAt: now } });
    // Another portal was first.
    if (count === 0) return;
    await notifyReviewers(transaction, portal, snapshot, {
      kind: 'review-alert',
      subject: `${count} more ${count === 1 ? 'report' : 'reports'} from people without an account`,
      body: `${listOf(listed, count)}\n\nSo many came within an hour that they are listed in one message.`,
      path: '/reports',
    });
  });
  return [];
}

/** A line for each, those first that are due first; how many are left out. */
export function listOf(
  reports: readonly { readonly id: number; readonly kind: string; readonly dueAt: Date }[],
  count: number,
): string {
  const lines = reports
    .slice(0, listedMax)
    .map(({ id, kind, dueAt }) => `Report ${id}: ${wordsOf(kind)}. To be decided by ${minuteOf(dueAt)}.`);
  const more = count - lines.length;
  return [...lines, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n');
}

const wordsOf = (kind: string): string =>
  Object.hasOwn(reportKinds, kind) ? reportKinds[kind as ReportKind].words.toLowerCase() : kind;
