import type { PolicyLocation } from '../wire/finding/index.ts';
import type { BuildSystem, Origin, SigningPolicy } from '../generated/index.ts';

/** What a signature can state, as policies call it. */
export type AttestationKind = NonNullable<Origin['attestations']>[number];

/** Where a project's releases have to come from. Every value is compared exactly; only refs know `*`. */
export interface OriginPolicy {
  /** Issuer of the build's identity token, pinned by the trust root's build system. */
  readonly issuer: string;
  readonly repository: {
    /** The code host's numeric ids: names can be given up and registered again by others. */
    readonly id: string;
    readonly ownerId: string;
    readonly uri: string;
  };
  /** Path of the workflow inside the repository. */
  readonly workflow: string;
  /** Names without `refs/heads/` and `refs/tags/`. */
  readonly refs: { readonly branches: readonly string[]; readonly tags: readonly string[] };
  readonly triggers: readonly string[];
  readonly runner: 'github-hosted';
  /** The one reusable workflow that signs the attestation; absent: the workflow itself signs. */
  readonly builder?: PinnedBuilder;
  /** Whether a second attempt of a run may be signed; not when absent. */
  readonly allowReruns?: boolean;
  /** What a signature may state to prove a build. */
  readonly attestations: readonly AttestationKind[];
  /** Deployment environment of the job; any, or none, when absent. */
  readonly environment?: string;
  /** Whether the repository has to have been public. */
  readonly visibility: 'public' | 'any';
  /** Hours since a trusted log or timestamp authority saw the attestation; any age when absent. */
  readonly maximumAgeHours?: number;
}

/** Accepted where a policy says nothing. */
export const defaultAttestations: readonly AttestationKind[] = ['slsa-provenance-v1', 'slsa-provenance-v0.2'];

/** What the repository has to have been where a policy says nothing. */
export const defaultVisibility: Readonly<Record<SigningPolicy['purpose'], 'public' | 'any'>> = {
  release: 'public',
  test: 'any',
};

/**
 * Oldest build of a release where neither policy nor foundation says anything. Waiting for approval counts, so it leaves
 * volunteers a holiday; approvals run for 30 days at most too. A build with a hole that was found since stays out.
 */
export const releaseAgeHoursDefault = 30 * 24;

export interface AgeLimit {
  readonly hours: number;
  /** Who says so: the policy, the foundation's floor, or this software. */
  readonly from: 'policy' | 'foundation' | 'default';
}

/** The oldest build that may be signed under a policy; null: any age, which only tests allow. */
export function ageLimit(
  own: number | undefined,
  floor: number | undefined,
  purpose: SigningPolicy['purpose'],
): AgeLimit | null {
  if (own !== undefined && own <= (floor ?? own)) return { hours: own, from: 'policy' };
  if (floor !== undefined) return { hours: floor, from: 'foundation' };
  return purpose === 'release' ? { hours: releaseAgeHoursDefault, from: 'default' } : null;
}

export interface PinnedBuilder {
  /** Address of the workflow file, without `@` and ref. */
  readonly uri: string;
  /** As the certificate has it after the `@`: a full ref or a commit id. */
  readonly ref: string;
  /** Commit that the workflow file was read from. */
  readonly digest: string;
}

/** Path inside the policy's `origin`, for example ['repository', 'id'], → its place in the policy file. */
export type LocateInOrigin = (path: readonly (string | number)[]) => PolicyLocation | null;

/**
 * `origin` of a signing policy, the build system it names and what holds where it says nothing → what a build's
 * certificate is compared with. Covers all that is enforced: what isn't, the policy's fields say.
 */
export function originPolicyOf(
  origin: Origin,
  buildSystem: BuildSystem,
  unsaid: { readonly purpose: SigningPolicy['purpose']; readonly age: AgeLimit | null },
): OriginPolicy {
  return {
    issuer: buildSystem.issuer,
    repository: origin.repository,
    workflow: origin.workflow,
    refs: { branches: origin.refs.branches ?? [], tags: origin.refs.tags ?? [] },
    triggers: origin.triggers,
    runner: 'github-hosted',
    ...(origin.builder === undefined ? {} : { builder: origin.builder }),
    allowReruns: origin.reruns === 'allowed',
    attestations: origin.attestations ?? defaultAttestations,
    ...(origin.environment === undefined ? {} : { environment: origin.environment }),
    visibility: origin.visibility ?? defaultVisibility[unsaid.purpose],
    ...(unsaid.age === null ? {} : { maximumAgeHours: unsaid.age.hours }),
  };
}
