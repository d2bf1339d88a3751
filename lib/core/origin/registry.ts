/**
 * Every provider that the schemas name, and its record. One without a record is a compile error: what nobody can judge is not forgotten,
 * it doesn't build. The only file that knows a provider by name.
 */
import type { BuildSystem, Origin } from '../generated/index.ts';
import type { AgeLimit } from './age-limit.ts';
import { claimNamesOf } from './claims.ts';
import {
  defaultAttestations,
  unsaidProvider,
  type ComparedOrigin,
  type ProviderName,
  type Purpose,
} from './compared.ts';
import { github, type GitHubPolicy } from './github/index.ts';
import { gitlab, type GitLabPolicy } from './gitlab/index.ts';
import type { ProviderRecord } from './provider.ts';

export const providers: Readonly<Record<ProviderName, ProviderRecord>> = { github, gitlab };

/** What a policy's origin is compared as; a member for each provider. */
export type OriginPolicy = GitHubPolicy | GitLabPolicy;

export const providerOf = (one: { readonly provider?: ProviderName }): ProviderName =>
  one.provider ?? unsaidProvider;

/** Whether builds of an origin can submit by the identity token of their run. */
export const hasIdentityTokens = (origin: { readonly provider?: ProviderName }): boolean =>
  providers[providerOf(origin)].identityToken !== null;

/** As `providerOf`, of the origin in a policy file as it was parsed; null: it has none. What is no name of a provider has no record. */
export function providerIn(policy: unknown): string | null {
  const origin = member(policy, 'origin');
  if (typeof origin !== 'object' || origin === null) return null;
  const provider = member(origin, 'provider');
  if (provider === undefined) return unsaidProvider;
  return typeof provider === 'string' ? provider : '';
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** The file in the repository that says how an origin's builds are made. */
export const buildFileOf = (origin: Origin): string =>
  providers[providerOf(origin)].projects.buildFileOf(origin);

/** Why an origin's lines aren't about builds of its build system; null: they are. */
export function providerMismatch(
  origin: Origin,
  buildSystem: BuildSystem,
): {
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
} | null {
  const found: string = providerOf(origin);
  const expected: string = providerOf(buildSystem);
  if (found === expected) return null;
  return {
    message: `The origin's lines are for provider ${found}, but the build system \`${buildSystem.name}\` is of provider ${expected}: they can't be compared.`,
    expected,
    found,
    fix: `Name a build system of provider ${found}, or say \`provider: ${expected}\` and write the origin's lines for it.`,
  };
}

/**
 * `origin` of a signing policy, the build system it names and what holds where it says nothing → what a build's
 * certificate is compared with. Covers all that is enforced: what isn't, the policy's fields say.
 */
export function originPolicyOf(
  origin: Origin,
  buildSystem: BuildSystem,
  unsaid: { readonly purpose: Purpose; readonly age: AgeLimit | null },
): OriginPolicy {
  const provider = providerOf(origin);
  const shared: ComparedOrigin = {
    provider,
    issuer: buildSystem.issuer,
    repository: origin.repository,
    refs: { branches: origin.refs.branches ?? [], tags: origin.refs.tags ?? [] },
    attestations: origin.attestations ?? defaultAttestations,
    ...(unsaid.age === null ? {} : { maximumAgeHours: unsaid.age.hours }),
  };
  return providers[provider].policyOf(origin, shared, unsaid.purpose) as OriginPolicy;
}

/** What a certificate said, by its provider's names; a claim that wasn't recorded is missing. */
export type RecordedClaims = Readonly<Record<string, string>>;

/** All names of claims that a journal can hold. */
export const claimNames: ReadonlySet<string> = new Set(
  Object.values(providers).flatMap(({ arcs }) => claimNamesOf(arcs)),
);

/** Journals from before claims were recorded hold them in findings, and know one provider alone. */
export { claimsOfFindings as claimsOfEarlierFindings } from './github/index.ts';
