import { openReportsMax } from '../platform/health/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { ReportsError } from './error.ts';

const tellEveryMilliseconds = 10 * 60 * 1000;
let toldAt: Date | null = null;

/**
 * Refuses strangers once so many of their reports are open that the disk is at stake; networks have limits of their own long before. The
 * operators are told in the log, by /readyz and by the metrics; whoever is refused keeps the text and learns another way.
 */
export async function refuseFullShelf(ctx: Context): Promise<void> {
  const open = await ctx.db.report.count({ where: { closedAt: null, reporter: 'public' } });
  if (open < openReportsMax) return;
  const now = ctx.now();
  if (toldAt === null || now.getTime() - toldAt.getTime() > tellEveryMilliseconds) {
    toldAt = now;
    console.error(`reports: ${open} of strangers are open; no more are taken in until some are closed`);
  }
  throw new ReportsError({
    code: 'TOO_MANY_REPORTS',
    message: 'So many reports are open that no more can be taken in just now.',
    fix: 'The operators are told. Write to the foundation instead, its page says how; what you typed is still here.',
  });
}
