import { notifyReviewers } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { singlyMax, listOf, minuteOf } from './notify.ts';

const atOnce = 1_000;
const advice = 'That is the deadline of the Baseline Requirements. Close it with what was found, or revoke.';

/**
 * Tells reviewers, once, of reports that are open with less than half of their time left; of many in one message. → what went
 * wrong, in words.
 */
export async function remindOfReports(portal: Portal): Promise<readonly string[]> {
  const snapshot = (await acceptedPolicy(portal))?.snapshot;
  if (snapshot === undefined) return [];
  const now = portal.now();
  const open = await portal.db.report.findMany({
    where: { closedAt: null, remindedAt: null },
    orderBy: { dueAt: 'asc' },
    select: { id: true, kind: true, receivedAt: true, dueAt: true },
    take: atOnce,
  });
  const due = open.filter(
    ({ receivedAt, dueAt }) => now.getTime() >= (receivedAt.getTime() + dueAt.getTime()) / 2,
  );
  if (due.length > singlyMax) {
    await portal.db.$transaction(async (transaction) => {
      const { count } = await transaction.report.updateMany({
        where: { id: { in: due.map((report) => report.id) }, remindedAt: null, closedAt: null },
        data: { remindedAt: now },
      });
      if (count === 0) return;
      await notifyReviewers(transaction, portal, snapshot, {
        kind: 'review-alert',
        subject: `${count} ${count === 1 ? 'report is' : 'reports are'} still open, with half of the time gone`,
        body: `${listOf(due, count)}\n\n${advice}`,
        path: '/reports',
      });
    });
    return [];
  }
  for (const { id, dueAt } of due) {
    await portal.db.$transaction(async (transaction) => {
      const { count } = await transaction.report.updateMany({
        where: { id, remindedAt: null, closedAt: null },
        data: { remindedAt: now },
      });
      // Another portal was first, or somebody decided.
      if (count === 0) return;
      await notifyReviewers(transaction, portal, snapshot, {
        kind: 'review-alert',
        subject: `Report ${id} is still open, and due ${minuteOf(dueAt)}`,
        body: advice,
        path: `/reports/${id}`,
      });
    });
  }
  return [];
}
