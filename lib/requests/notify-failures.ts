/** Notifies the foundation, once, of failed requests: the signer's own errors, and requests it gave up on. */
import { z } from 'zod';
import { recordEvent } from '../audit/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { notifyFoundation } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';

type NotifyContext = Pick<Portal, 'db' | 'now' | 'config'>;

const action = 'request.failure-told';
/** Notices sent in one run; the rest follow a few seconds later. */
const atOnce = 20;
/** Older failures are not reported. */
const recentMilliseconds = 30 * 24 * 3600 * 1000;

const rowSchema = z.object({
  id: z.string(),
  project_slug: z.string(),
  artifact_name: z.string(),
  summary: z.string(),
});
type Failed = z.output<typeof rowSchema>;

/** → what went wrong, in words. */
export async function notifyOfFailures(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted !== null) await sendFailureNotices(portal, accepted.snapshot);
  return [];
}

/** The same for a given snapshot. May run in several portals at once: the second finds the notice sent. */
export async function sendFailureNotices(ctx: NotifyContext, snapshot: PolicySnapshot): Promise<void> {
  const since = new Date(ctx.now().getTime() - recentMilliseconds);
  const rows = await ctx.db.$queryRaw<unknown[]>`
    SELECT request.id::text, request.project_slug, request.artifact_name, state.summary
      FROM signer.request_state AS state
      JOIN portal.signing_request AS request ON request.id = state.request_id
     WHERE state.status = 'failed' AND state.updated_at > ${since}
       AND NOT EXISTS (SELECT FROM portal.audit_event AS told
                        WHERE told.subject = 'request:' || request.id::text AND told.action = ${action})
     ORDER BY state.updated_at
     LIMIT ${atOnce}`;
  for (const row of rows) await sendNotice(ctx, snapshot, rowSchema.parse(row));
}

async function sendNotice(ctx: NotifyContext, snapshot: PolicySnapshot, failed: Failed): Promise<void> {
  const { id, project_slug: project, artifact_name: name, summary } = failed;
  const subject = `request:${id}`;
  await ctx.db.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:${action}:${id}`}, 0))`;
    if ((await transaction.auditEvent.findFirst({ where: { subject, action } })) !== null) return;
    const told = await notifyFoundation(transaction, ctx, snapshot, {
      kind: 'foundation-alert',
      subject: `A request of ${project} failed: ${name}`,
      body:
        `${summary}\n\nThis is not the project’s fault: the signer’s log has the details under the id ${id}. ` +
        'Once it is fixed, the project can submit the request again with a new Idempotency-Key.',
      path: `/requests/${id}`,
    });
    await recordEvent(
      transaction,
      { ...ctx, actor: { kind: 'operator', name: 'portal' } },
      { action, subject, detail: { told } },
    );
  });
}
