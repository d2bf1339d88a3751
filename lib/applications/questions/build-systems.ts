/** Which build system a project’s releases come from: offered to applicants, and written into their first policies. */
import type { TrustRoot } from '#core/generated/index.ts';
import { hostLabel } from '#core/identity/index.ts';
import { providerOf, providers, type ProviderName } from '#core/origin/index.ts';
import { hostOfAddress } from '#core/policy/index.ts';

/** A build system that the policy's trust root lists. */
export type BuildSystemChoice = Pick<
  TrustRoot['buildSystems'][number],
  'name' | 'displayName' | 'provider' | 'issuer'
>;

/** As far as the trust root says who builds, and on which servers the code hosts are. */
export interface Builders<S extends BuildSystemChoice = BuildSystemChoice> {
  readonly buildSystems: readonly S[];
  readonly accountHosts?: TrustRoot['accountHosts'];
}

const hostOf = ({ accountHosts }: Builders, repository: string) => hostOfAddress(accountHosts, repository);

/**
 * Build systems that can build what lies at an address: those of its code host. Where one certainly does, because it is the code host
 * itself, the others can't: their certificates would name another repository.
 */
export function buildSystemsFor<S extends BuildSystemChoice>(
  builders: Builders<S>,
  repository: string,
): readonly S[] {
  const host = hostOf(builders, repository);
  const builds = (system: S): boolean | null => {
    const { projects } = providers[providerOf(system)];
    if (host !== null && host !== projects.codeHost) return false;
    return projects.buildsFrom({ repository, issuer: system.issuer });
  };
  const certain = builders.buildSystems.filter((system) => builds(system) === true);
  return certain.length > 0 ? certain : builders.buildSystems.filter((system) => builds(system) !== false);
}

/** What a policy says for a repository: the build system that was chosen, or GitHub's if it can be, otherwise the first that can. */
export function buildSystemFor<S extends BuildSystemChoice>(
  builders: Builders<S>,
  about: { readonly repository: string; readonly chosen: string },
): S | undefined {
  const able = buildSystemsFor(builders, about.repository);
  const named = (name: string): S | undefined => able.find((system) => system.name === name);
  return named(about.chosen) ?? named('github-actions') ?? able[0];
}

/** Whose builds a repository's releases come from, whether or not the trust root lists a build system for it. */
export function providerFor(builders: Builders, repository: string): ProviderName {
  const system = buildSystemFor(builders, { repository, chosen: '' });
  if (system !== undefined) return providerOf(system);
  const host = hostOf(builders, repository);
  return Object.values(providers).find(({ projects }) => projects.codeHost === host)?.name ?? providerOf({});
}

/** What stands in the way of a policy for releases, and who can do something about it; null: some build system builds what lies there. */
export function lackOfBuildSystem(
  builders: Builders,
  repository: string,
): { readonly message: string; readonly fix: string } | null {
  if (buildSystemsFor(builders, repository).length > 0) return null;
  const host = hostOf(builders, repository);
  const provider = providerFor(builders, repository);
  const { origin } = URL.canParse(repository) ? new URL(repository) : { origin: '' };
  const named = host === null ? 'what lies at this address' : `what lies on ${hostLabel(host)}`;
  return {
    message: `The foundation’s policy lists no build system that builds ${named}: nothing could certify to the signer what a release was built from, so there can be no policy for releases.`,
    fix: `Ask the foundation’s policy maintainers to list one under buildSystems of trust/root.yaml${host === null ? '' : `: provider: ${provider}${provider === 'gitlab' ? `, issuer: ${origin}` : ''}`}. The project can get test signatures until then.`,
  };
}
