/** Who may have the signer look at a sample: people who write configurations, or will. What it finds has no effect by itself. */
import type { ProjectSlug } from '#core/ids/index.ts';
import { accountsOf, isOnTeam } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { SamplesError } from './error.ts';

/** Applications that become no project. */
const endedApplications = ['rejected', 'withdrawn'];

export async function mayDropSamples(ctx: Context): Promise<boolean> {
  const { actor } = ctx;
  if (actor.kind === 'person') {
    const { policyMaintainer, foundationReviewer, projects } = actor.roles;
    if (policyMaintainer || foundationReviewer || projects.size > 0) return true;
  }
  const accounts = accountsOf(actor);
  if (accounts.length === 0) return false;
  const own = await ctx.db.application.findFirst({
    where: {
      status: { notIn: endedApplications },
      OR: accounts.map(({ host, id }) => ({ applicantHost: host, applicantId: id })),
    },
    select: { id: true },
  });
  return own !== null;
}

/** `project`: whose team is to see it; null: nobody but who drops it. */
export async function authoriseSample(ctx: Context, project: ProjectSlug | null): Promise<void> {
  if (project !== null) {
    const known = (await acceptedPolicy(ctx))?.snapshot.projects.has(project) === true;
    const { actor } = ctx;
    const isFoundation =
      actor.kind === 'person' && (actor.roles.policyMaintainer || actor.roles.foundationReviewer);
    if (!known || !(isOnTeam(actor, project) || isFoundation))
      throw new SamplesError({
        code: 'NOT_ALLOWED',
        message: `You are not on the team of ${project}.`,
        fix: 'Drop the file for a project of yours, or for none.',
      });
    return;
  }
  if (await mayDropSamples(ctx)) return;
  throw new SamplesError({
    code: 'NOT_ALLOWED',
    message: 'Samples are looked at for members of projects, and for applicants.',
    fix: 'Apply first, or look at the file on your own machine: countersign preflight FILE --suggest',
  });
}
