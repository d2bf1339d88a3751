import type { ProjectSlug } from '#core/ids/index.ts';
import type { PolicySnapshot, ProjectSnapshot } from '#core/policy/index.ts';
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
  return inOrder(accepted.snapshot).map(([slug, project]) => ({ slug, project, accepted }));
}

type Entry = readonly [ProjectSlug, ProjectSnapshot];
const ordered = new WeakMap<PolicySnapshot, readonly Entry[]>();
const { compare } = new Intl.Collator('en');

/** By name; thousands are sorted once per policy, not for each reader. */
function inOrder(snapshot: PolicySnapshot): readonly Entry[] {
  const kept = ordered.get(snapshot);
  if (kept !== undefined) return kept;
  const entries = [...snapshot.projects].sort(([, a], [, b]) =>
    compare(a.project.value.name, b.project.value.name),
  );
  ordered.set(snapshot, entries);
  return entries;
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
