/** How the build says who it is: by the identity token of its run, or by an API token. Pure. */
import type { SigningPolicy } from '#core/generated/index.ts';
import { hasIdentityTokens } from '#core/origin/index.ts';
import type { ProjectSnapshot } from '#core/policy/index.ts';
import { maySubmit, takesBuilds } from '#core/wire/submitter/index.ts';
import type { ListedToken } from '../api-tokens/index.ts';
import type { ChecklistItem } from './checklist-item.ts';

export const releasePolicies = ({
  policies,
}: ProjectSnapshot): readonly (readonly [string, { readonly value: SigningPolicy }])[] =>
  [...policies].filter(([, { value }]) => value.purpose === 'release');

/** Tokens that would be accepted now under a policy for releases: others don’t help the build. Where it takes builds, none is needed. */
export function tokenItemOf(project: ProjectSnapshot, active: readonly ListedToken[]): ChecklistItem {
  const { slug } = project;
  const href = `/projects/${slug}/tokens`;
  const item = { name: 'token', title: 'An API token for the build', href, at: null } as const;
  const working = active.filter((token) => token.state === 'active');
  const releases = releasePolicies(project);
  const usable = working.filter(({ name, policies }) =>
    releases.some(
      ([policy, { value }]) =>
        (policies.length === 0 || policies.some((policySlug) => policySlug === policy)) &&
        maySubmit(
          { slug, project: project.project.value, policy: value },
          { kind: 'token', project: slug, name, maker: null },
        ),
    ),
  );
  if (releases.some(([, { value }]) => takesBuilds(value) && hasIdentityTokens(value.origin ?? {}))) {
    const detail =
      'None is needed: the build sends the identity token that its host makes for it, which says which repository, configuration and ref it is of. An API token is the second way, for other machines.';
    return { ...item, state: 'done', detail };
  }
  // Most policies for releases need none, so nobody is asked to make one for a policy that isn't there yet.
  if (releases.length === 0) {
    const detail =
      working.length > 0
        ? 'There is one; there is no policy for releases yet that would take it.'
        : 'The policy for releases will say whether the build needs one.';
    return { ...item, state: 'waiting', detail };
  }
  const [left] = active.filter((token) => token.state === 'maker-left');
  if (usable.length > 0) {
    const used = usable.filter((token) => token.lastUsedAt !== null).length;
    return { ...item, state: 'done', detail: howMany(usable.length, used) };
  }
  const detail =
    working.length > 0
      ? `“${working[0]?.name ?? ''}” may not submit under a policy for releases. Make one that may.`
      : left !== undefined
        ? `“${left.name}” no longer works: ${left.maker.name}, who made it, has left. Make another.`
        : 'There is none. Create one and store it as a secret of the repository.';
  return { ...item, state: 'to-do', detail };
}

function howMany(tokens: number, used: number): string {
  if (tokens === 1)
    return used === 0 ? 'There is one; it has not been used yet.' : 'There is one, and it has been used.';
  return `There are ${tokens}; ${used === 0 ? 'none' : used} of them ${used > 1 ? 'have' : 'has'} been used.`;
}
