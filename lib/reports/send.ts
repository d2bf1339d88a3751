import { randomBytes } from 'node:crypto';
import { recordEvent } from '../audit/index.ts';
import { notifyReviewers } from '../notifications/index.ts';
import { excerpt } from '#core/text/typed/index.ts';
import { actorName } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { callerName, openRateLimit } from '../platform/rate-limit/index.ts';
import { checkAppeal, refuseSecondAppeal } from './appeal.ts';
import { refuseWhenFull } from './refuse-when-full.ts';
import { reportKinds } from './kinds.ts';
import { isNotifiedSingly, minuteOf } from './notify.ts';
import { checkReport, type ReportInput } from './check-input.ts';

/** Per person, or per network for anonymous reporters: nobody's reports count against somebody else's. */
const limits = [
  openRateLimit({ name: 'reports in ten minutes', points: 10, seconds: 600 }),
  openRateLimit({ name: 'reports in a day', points: 60, seconds: 86_400 }),
];

/**
 * Records a report, starts its deadline, and notifies every reviewer. Public. → where to follow it; only people with that
 * address can.
 */
export async function sendReport(call: {
  readonly ctx: Context;
  readonly input: ReportInput;
}): Promise<{ readonly token: string; readonly dueAt: Date }> {
  const { ctx } = call;
  const { kind, project, serial, fileSha256, links, description, contact } = checkReport(call.input);
  for (const limit of limits) await limit.count(ctx.db, callerName(ctx));
  if (ctx.actor.kind === 'public') await refuseWhenFull(ctx);
  const snapshot = (await acceptedPolicy(ctx))?.snapshot ?? null;
  if (kind === 'appeal') await checkAppeal(ctx, { project, serial }, snapshot);
  const receivedAt = ctx.now();
  const dueAt = new Date(receivedAt.getTime() + reportKinds[kind].hours * 3_600_000);
  const token = randomBytes(16).toString('hex');
  await ctx.db.$transaction(async (transaction) => {
    if (kind === 'appeal') await refuseSecondAppeal(transaction, serial);
    // If no policy names a reviewer yet, those of the first policy are notified later.
    const apart = snapshot !== null && (await isNotifiedSingly(transaction, ctx));
    const { id } = await transaction.report.create({
      data: {
        toldAt: apart ? receivedAt : null,
        token,
        kind,
        serial,
        projectSlug: project,
        fileSha256,
        links,
        description,
        contact,
        reporter: actorName(ctx.actor),
        receivedAt,
        dueAt,
      },
    });
    await recordEvent(transaction, ctx, {
      action: 'report.received',
      subject: `report:${id}`,
      detail: { kind },
    });
    if (snapshot === null || !apart) return;
    await notifyReviewers(transaction, ctx, snapshot, {
      kind: 'review-alert',
      subject: `Report ${id}: ${reportKinds[kind].words.toLowerCase()}`,
      body: `${excerpt(description, 500)}\n\nTo be decided by ${minuteOf(dueAt)}.`,
      path: `/reports/${id}`,
    });
  });
  return { token, dueAt };
}
