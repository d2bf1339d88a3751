import type { ProjectSlug } from '../core/ids/index.ts';
import type { ProjectSnapshot } from '../core/policy/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { AcceptedPolicy, Context } from '../platform/portal/index.ts';

export interface ProjectDetail {
  readonly slug: ProjectSlug;
  readonly project: ProjectSnapshot;
  readonly accepted: AcceptedPolicy;
}

/** Projects of the policy in force, by name. Public. */
export async function listProjects(call: {
  readonly ctx: Pick<Context, 'db' | 'policies'>;
}): Promise<readonly ProjectDetail[]> {
  const accepted = await acceptedPolicy(call.ctx);
  if (accepted === null) return [];
  return [...accepted.snapshot.projects]
    .map(([slug, project]) => ({ slug, project, accepted }))
    .sort((a, b) => a.project.project.value.name.localeCompare(b.project.project.value.name, 'en'));
}

/** One project of the policy in force, or null. Public. */
export async function readProject(call: {
  readonly ctx: Pick<Context, 'db' | 'policies'>;
  readonly input: { readonly slug: ProjectSlug };
}): Promise<ProjectDetail | null> {
  const accepted = await acceptedPolicy(call.ctx);
  const project = accepted?.snapshot.projects.get(call.input.slug);
  return accepted === null || project === undefined ? null : { slug: call.input.slug, project, accepted };
}
