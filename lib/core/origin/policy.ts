import type { PolicyLocation } from '../finding/index.ts';
import type { BuildSystem, Origin } from '../generated/index.ts';

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
  /** Hours since a trusted log or timestamp authority saw the attestation; any age when absent. */
  readonly maximumAgeHours?: number;
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

/** A part of `origin` that needs the code host's API, which this version of the signer doesn't ask. */
export interface UnenforceablePart {
  /** Path inside `origin`. */
  readonly path: readonly [string];
  /** What would have to be checked, as the object of a sentence. */
  readonly what: string;
}

/** `origin` of a policy → all of it that nobody would check. The validator and the signer both refuse these. */
export function unenforceableParts(origin: Origin): readonly UnenforceablePart[] {
  const parts: UnenforceablePart[] = [];
  if (origin.runner !== 'github-hosted') {
    parts.push({ path: ['runner'], what: 'which group a runner belongs to' });
  }
  if (origin.requireRunSuccess === true) {
    parts.push({ path: ['requireRunSuccess'], what: 'how the whole run ended' });
  }
  if (origin.branchRulesets !== undefined) {
    parts.push({ path: ['branchRulesets'], what: 'how the code host protects branches' });
  }
  if (origin.tagRulesets !== undefined) {
    parts.push({ path: ['tagRulesets'], what: 'how the code host protects tags' });
  }
  return parts;
}

/**
 * `origin` of a signing policy and the build system it names → what a build's certificate is compared with.
 * Covers everything but `unenforceableParts`: ask for those first.
 */
export function originPolicyOf(origin: Origin, buildSystem: BuildSystem): OriginPolicy {
  return {
    issuer: buildSystem.issuer,
    repository: origin.repository,
    workflow: origin.workflow,
    refs: { branches: origin.refs.branches ?? [], tags: origin.refs.tags ?? [] },
    triggers: origin.triggers,
    runner: 'github-hosted',
    ...(origin.builder === undefined ? {} : { builder: origin.builder }),
    allowReruns: origin.reruns === 'allowed',
    ...(origin.maximumAgeHours === undefined ? {} : { maximumAgeHours: origin.maximumAgeHours }),
  };
}
