import { openReportsMax } from '../platform/health/index.ts';
import { log } from '../platform/log/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { ReportsError } from './error.ts';

const logEveryMilliseconds = 10 * 60 * 1000;
let loggedAt: Date | null = null;

/**
 * Refuses anonymous reports once so many are open that they could fill the disk; networks have limits of their own long before
 * that. Operators see it in the log, in /readyz and in the metrics; a refused reporter keeps the text and is shown another way.
 */
export async function refuseWhenFull(ctx: Context): Promise<void> {
  const open = await ctx.db.report.count({ where: { closedAt: null, reporter: 'public' } });
  if (open < openReportsMax) return;
  const now = ctx.now();
  if (loggedAt === null || now.getTime() - loggedAt.getTime() > logEveryMilliseconds) {
    loggedAt = now;
    log.warn(`${open} anonymous reports are open; no more are accepted until some are closed`);
  }
  throw new ReportsError({
    code: 'TOO_MANY_REPORTS',
    message: 'So many reports are open that no more can be accepted right now.',
    fix: 'The operators have been notified. Write to the foundation instead, its page says how; what you typed is still here.',
  });
}
