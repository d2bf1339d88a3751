import type { PolicyLocation } from '../finding/index.ts';

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
  /** Whether a second attempt of a run may be signed; not when absent. */
  readonly allowReruns?: boolean;
}

/** Path inside the policy's `origin`, for example ['repository', 'id'], → its place in the policy file. */
export type LocateInOrigin = (path: readonly (string | number)[]) => PolicyLocation | null;
