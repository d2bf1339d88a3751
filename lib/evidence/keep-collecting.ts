/** The portal's own worker: processes jobs as they arrive, and collects every repository again after some days. */
import { isError } from '#core/error/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { collectEvidence, EvidenceIncomplete } from './collect.ts';

const againDays = 7;
const dueMax = 200;
const dayMilliseconds = 24 * 3600 * 1000;

/** Starts working on jobs; resolves once it listens. */
export async function workOnEvidence(portal: Portal, report: (message: string) => void): Promise<void> {
  await portal.queue.workOnEvidence(async (applicationId) => {
    try {
      await collectEvidence(portal, applicationId);
    } catch (error) {
      // The queue repeats it automatically; only failures that aren't the host's are reported.
      if (!isError(error, EvidenceIncomplete)) {
        report(
          `evidence of application ${applicationId}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
      throw error;
    }
  });
}

/** Queues open and accepted applications whose evidence is more than a week old. → how many. */
export async function collectDueEvidence(portal: Portal): Promise<number> {
  const since = new Date(portal.now().getTime() - againDays * dayMilliseconds);
  const due = await portal.db.application.findMany({
    where: {
      status: { in: ['submitted', 'in-review', 'information-requested', 'accepted'] },
      repositoryId: { not: null },
      answered: { none: { source: 'repository', confirmedAt: { gt: since } } },
    },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: dueMax,
  });
  for (const { id } of due) {
    await portal.db.$transaction((transaction) => portal.queue.collectEvidence(transaction, id));
  }
  return due.length;
}
