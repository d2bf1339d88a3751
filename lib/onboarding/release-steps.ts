/** What stands between a project whose policy is in force and its first release: looked up each time. For its team and the foundation. */
import { listCertificates } from '../certificates/index.ts';
import { isError } from '../core/error-class/index.ts';
import type { ProjectSlug } from '../core/ids/index.ts';
import { lookAtWorkflow } from '../core/onboarding/index.ts';
import type { ProjectSnapshot } from '../core/policy/index.ts';
import { CodeHostError } from '../platform/code-host/index.ts';
import { isOnTeam } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { approversItem, certificateItem, signedPurposes, signingItem } from './checklist.ts';
import type { ChecklistItem } from './checklist.ts';
import { OnboardingError } from './error.ts';

export interface ReleaseSteps {
  readonly project: ProjectSnapshot;
  readonly items: readonly ChecklistItem[];
  readonly done: number;
}

/** null: the policy in force has no such project. Rejects who is neither on its team nor in the foundation. */
export async function readReleaseSteps(call: {
  readonly ctx: Context;
  readonly input: { readonly slug: ProjectSlug };
}): Promise<ReleaseSteps | null> {
  const { ctx, input } = call;
  const { slug } = input;
  const snapshot = (await acceptedPolicy(ctx))?.snapshot ?? null;
  const project = snapshot?.projects.get(slug);
  if (snapshot === null || project === undefined) return null;
  const { actor } = ctx;
  const foundation =
    actor.kind === 'person' && (actor.roles.policyMaintainer || actor.roles.foundationReviewer);
  if (!isOnTeam(actor, slug) && !foundation) {
    throw new OnboardingError({
      code: 'NOT_ALLOWED',
      message: `Only the team of ${slug}, and the foundation, see its way to a release.`,
      fix: 'Sign in as one of them; the project’s page lists its team.',
    });
  }
  const [signed, certificates, token, workflow] = await Promise.all([
    signedPurposes(ctx, slug, project),
    listCertificates({ ctx, input: { project: slug } }),
    tokenItem(ctx, slug),
    workflowItem(ctx, project),
  ]);
  const own = new Set(certificates.filter((one) => one.project === slug).map((one) => one.purpose));
  const items = [
    approversItem(snapshot, project),
    certificateItem(own, project),
    token,
    workflow,
    signingItem('test', signed, project, own),
    signingItem('release', signed, project, own),
  ];
  return { project, items, done: items.filter((one) => one.state === 'done').length };
}

async function tokenItem(ctx: Context, slug: ProjectSlug): Promise<ChecklistItem> {
  const where = { projectSlug: slug, revokedAt: null, expiresAt: { gt: ctx.now() } };
  const [count, used] = await Promise.all([
    ctx.db.apiToken.count({ where }),
    ctx.db.apiToken.count({ where: { ...where, lastUsedAt: { not: null } } }),
  ]);
  const one = count === 1;
  return {
    ...{ name: 'token', title: 'An API token for the build', href: `/projects/${slug}/tokens`, at: null },
    state: count > 0 ? 'done' : 'to-do',
    detail:
      count === 0
        ? 'There is none. Make one and keep it as a secret of the repository.'
        : `${one ? 'There is one' : `There are ${count}`}; ${used === 0 ? 'none was used yet' : `${used} of them ${used === 1 ? 'was' : 'were'} used`}.`,
  };
}

/** Asks the code host each time: the file may have changed a moment ago. What it doesn't answer is no reason to stop. */
async function workflowItem(
  ctx: Context,
  { slug, project, policies }: ProjectSnapshot,
): Promise<ChecklistItem> {
  const path = [...policies.values()].find((one) => one.value.origin !== undefined)?.value.origin?.workflow;
  const common = {
    name: 'workflow',
    title: 'The workflow that builds and submits',
    href: null,
    at: null,
  } as const;
  if (path === undefined)
    return { ...common, state: 'waiting', detail: 'The project has no policy that names a workflow yet.' };
  const place = ctx.codeHost.parseAddress(project.value.repository.uri);
  if (place === null)
    return { ...common, state: 'to-do', detail: `${path}: this code host can’t be looked at.` };
  try {
    const text = await ctx.codeHost.readFile(place, path);
    const { done, found } = lookAtWorkflow(path, text, { portal: ctx.config.publicUrl, project: slug });
    return { ...common, state: done ? 'done' : 'to-do', detail: found };
  } catch (error) {
    if (!isError(error, CodeHostError)) throw error;
    return { ...common, state: 'to-do', detail: `${path}: the code host doesn’t answer at the moment.` };
  }
}
