/** Telling the foundation, once, of requests that failed: the signer's own errors, and what it gave up. */
import { z } from 'zod';
import { recordEvent } from '../audit/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { notifyFoundation } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';

type Telling = Pick<Portal, 'db' | 'now' | 'config'>;

const action = 'request.failure-told';
/** Messages that go out at a time; what is left comes a few seconds later. */
const atOnce = 20;
/** What failed longer ago is nobody's news. */
const recentMilliseconds = 30 * 24 * 3600 * 1000;

const rowSchema = z.object({
  id: z.string(),
  project_slug: z.string(),
  artifact_name: z.string(),
  summary: z.string(),
});
type Failed = z.output<typeof rowSchema>;

/** → what went wrong, in words. */
export async function tellOfFailures(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted !== null) await tellFailures(portal, accepted.snapshot);
  return [];
}

/** The same for a snapshot. Safe in several portals at once: who comes second finds it told. */
export async function tellFailures(ctx: Telling, snapshot: PolicySnapshot): Promise<void> {
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
  for (const row of rows) await tell(ctx, snapshot, rowSchema.parse(row));
}

async function tell(ctx: Telling, snapshot: PolicySnapshot, failed: Failed): Promise<void> {
  const { id, project_slug: project, artifact_name: name, summary } = failed;
  const subject = `request:${id}`;
  await ctx.db.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:${action}:${id}`}, 0))`;
    if ((await transaction.auditEvent.findFirst({ where: { subject, action } })) !== null) return;
    const told = await notifyFoundation(transaction, ctx, snapshot, {
      kind: 'foundation-alert',
      subject: `A request of ${project} failed: ${name}`,
      body:
        `${summary}\n\nNobody did anything wrong by this: the signer's log, at the id ${id}, says what happened. ` +
        'Once it is mended, the project asks again with a new Idempotency-Key.',
      path: `/requests/${id}`,
    });
    await recordEvent(
      transaction,
      { ...ctx, actor: { kind: 'operator', name: 'portal' } },
      { action, subject, detail: { told } },
    );
  });
}
