import { addEvent, findConditions, lockApplication } from '../applications/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { editPolicyFile } from '../policy-tools/edit/index.ts';
import { notifyReviewers } from '../notifications/index.ts';
import { isExplained } from '../platform/http/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { proposeForFoundation } from '../policy-changes/index.ts';

const atOnce = 20;

/**
 * For every project that a repeated review rejected, proposes a change that pauses it: the reviewers' decision takes effect
 * only once policy maintainers have signed it. Proposed once per review; closing the change is a decision against it.
 * → what went wrong, in words.
 */
export async function proposePauses(portal: Portal): Promise<readonly string[]> {
  if (portal.policyHosts === null) return [];
  const rows = await portal.db.review.findMany({
    where: {
      kind: 'again',
      state: 'closed',
      outcome: 'rejected',
      application: { status: 'rejected', slug: { not: null } },
    },
    select: { id: true, closedAt: true, application: { select: { id: true, slug: true, name: true } } },
    orderBy: { id: 'desc' },
    take: atOnce,
  });
  const ctx: Context = { ...portal, actor: { kind: 'operator', name: 'portal' } };
  const problems: string[] = [];
  for (const { closedAt, application } of rows) {
    const { id, slug, name } = application;
    const since = closedAt ?? new Date(0);
    if (slug === null || (await isProposed(portal.db, id, since))) continue;
    try {
      await propose(ctx, { id, slug, name: name ?? slug, since });
    } catch (error) {
      if (!isExplained(error)) throw error;
      problems.push(`the pause of ${slug} could not be proposed: ${error.message}`);
    }
  }
  return problems;
}

async function isProposed(db: Portal['db'] | Transaction, applicationId: number, since: Date) {
  const proposedEvent = { applicationId, kind: 'pause-proposed', at: { gte: since } };
  return (await db.applicationEvent.count({ where: proposedEvent })) > 0;
}

async function propose(
  ctx: Context,
  about: {
    readonly id: number;
    readonly slug: string;
    readonly name: string;
    /** When the review was closed. */
    readonly since: Date;
  },
): Promise<void> {
  const { id, slug, name, since } = about;
  const path = `projects/${slug}/project.yaml`;
  const [accepted, conditions] = await Promise.all([acceptedPolicy(ctx), findConditions(ctx)]);
  const project = accepted?.snapshot.projects.get(parseProjectSlug(slug))?.project.value;
  const bytes = accepted?.files.get(path);
  if (accepted === null || conditions === null || bytes === undefined || project?.status !== 'active') return;
  const text = new TextDecoder().decode(bytes);
  const edited = editPolicyFile({ path, text, kind: 'Project' }, [{ path: ['status'], value: 'paused' }]);
  if (!edited.ok) return;
  const pull = await proposeForFoundation({
    ctx,
    input: {
      title: `Pause ${name}`.slice(0, 120),
      description: `The foundation’s reviewers reviewed the project again and no longer find its conditions met (application ${id}). While it is paused, nothing is signed for it; what was signed before stays good.`,
      changes: [{ path, content: edited.text }],
      base: accepted.commit,
    },
  });
  await ctx.db.$transaction(async (transaction) => {
    await lockApplication(transaction, id);
    // Another portal process was first.
    if (await isProposed(transaction, id, since)) return;
    await addEvent(transaction, ctx, {
      applicationId: id,
      kind: 'pause-proposed',
      audience: 'applicant',
      actorName: 'The portal',
      body: `Policy change ${pull.number}: once policy maintainers have signed it, nothing is signed for the project.`,
    });
    await notifyReviewers(transaction, ctx, conditions.snapshot, {
      kind: 'review-news',
      subject: `Policy change ${pull.number}: pause ${name}`,
      body: 'Another review ended with a rejection; policy maintainers decide about the pause.',
      path: `/changes/${pull.number}`,
    });
  });
}
