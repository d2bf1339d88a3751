/** Which build system a project’s releases come from: offered to applicants, and written into their first policies. */
import type { TrustRoot } from '#core/generated/index.ts';
import { providerOf, providers } from '#core/origin/index.ts';

/** A build system that the policy's trust root lists. */
export type BuildSystemChoice = Pick<
  TrustRoot['buildSystems'][number],
  'name' | 'displayName' | 'provider' | 'issuer'
>;

/**
 * Build systems that can build what lies at an address. Where one certainly does, because it is the code host itself, the others can't: their
 * certificates would name another repository.
 */
export function buildSystemsFor<S extends BuildSystemChoice>(
  buildSystems: readonly S[],
  repository: string,
): readonly S[] {
  const builds = (system: S): boolean | null =>
    providers[providerOf(system)].projects.buildsFrom({ repository, issuer: system.issuer });
  const certain = buildSystems.filter((system) => builds(system) === true);
  return certain.length > 0 ? certain : buildSystems.filter((system) => builds(system) !== false);
}

/** What a policy says for a repository: the build system that was chosen, or GitHub's if it can be, otherwise the first that can. */
export function buildSystemFor<S extends BuildSystemChoice>(
  buildSystems: readonly S[],
  about: { readonly repository: string; readonly chosen: string },
): S | undefined {
  const able = buildSystemsFor(buildSystems, about.repository);
  const named = (name: string): S | undefined => able.find((system) => system.name === name);
  return named(about.chosen) ?? named('github-actions') ?? able[0];
}
