import { notifyReviewers } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';

const atOnce = 50;

/** Tells reviewers, once, of reports that are open with less than half of their time left. → what went wrong, in words. */
export async function remindOfReports(portal: Portal): Promise<readonly string[]> {
  const snapshot = (await acceptedPolicy(portal))?.snapshot;
  if (snapshot === undefined) return [];
  const now = portal.now();
  const open = await portal.db.report.findMany({
    where: { closedAt: null, remindedAt: null },
    orderBy: { dueAt: 'asc' },
    take: atOnce,
  });
  for (const { id, receivedAt, dueAt } of open) {
    if (now.getTime() < (receivedAt.getTime() + dueAt.getTime()) / 2) continue;
    await portal.db.$transaction(async (transaction) => {
      const { count } = await transaction.report.updateMany({
        where: { id, remindedAt: null, closedAt: null },
        data: { remindedAt: now },
      });
      // Another portal was first, or somebody decided.
      if (count === 0) return;
      const until = `${dueAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
      await notifyReviewers(transaction, portal, snapshot, {
        kind: 'review-alert',
        subject: `Report ${id} is still open, and due ${until}`,
        body: 'The Baseline Requirements give that long to decide. Close it with what was found, or revoke.',
        path: `/reports/${id}`,
      });
    });
  }
  return [];
}
