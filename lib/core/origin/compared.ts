/** What a build's certificate is compared with, whatever built it. */
import type { PolicyLocation } from '../wire/finding/index.ts';
import type { BuildSystem, Origin, SigningPolicy } from '../generated/index.ts';

/** Whose builds a build system makes, and an origin speaks of: a name that the union `Origin` alone has fits nowhere. */
export type ProviderName = NonNullable<BuildSystem['provider']>;

/** Of files from before there was a choice, which don't say it. Stays: they mean the same for ever. */
export const unsaidProvider: ProviderName = 'github';

export type Purpose = SigningPolicy['purpose'];

/** What a signature can state, as policies call it. */
export type AttestationKind = NonNullable<Origin['attestations']>[number];

/**
 * Where a project's releases have to come from, as far as every provider compares it. Each adds what its own builds say. Every value is
 * compared exactly; only refs know `*`.
 */
export interface ComparedOrigin {
  readonly provider: ProviderName;
  /** Issuer of the build's identity token, pinned by the trust root's build system. */
  readonly issuer: string;
  readonly repository: {
    /** The code host's numeric ids: names can be given up and registered again by others. */
    readonly id: string;
    readonly ownerId: string;
    readonly uri: string;
  };
  /** Names without `refs/heads/` and `refs/tags/`. */
  readonly refs: { readonly branches: readonly string[]; readonly tags: readonly string[] };
  /** What a signature may state to prove a build. */
  readonly attestations: readonly AttestationKind[];
  /** Hours since a trusted log or timestamp authority saw the attestation; any age when absent. */
  readonly maximumAgeHours?: number;
}

/** Whether a repository has to have been public when it was built. */
export type RequiredVisibility = 'public' | 'any';

/** What it has to have been where a policy says nothing. */
export const defaultVisibility: Readonly<Record<Purpose, RequiredVisibility>> = {
  release: 'public',
  test: 'any',
};

/** Accepted where a policy says nothing. */
export const defaultAttestations: readonly AttestationKind[] = ['slsa-provenance-v1', 'slsa-provenance-v0.2'];

/** Path inside the policy's `origin`, for example ['repository', 'id'], → its place in the policy file. */
export type LocateInOrigin = (path: readonly (string | number)[]) => PolicyLocation | null;
