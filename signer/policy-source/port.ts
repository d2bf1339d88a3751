/** What the rest of the signer sees of the policy. */
import type { CommitSha, PolicySlug, ProjectSlug, Sha256Hex } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { PolicySourceStatus } from './status.ts';

export interface PolicySource {
  /** Follows the remote and returns the accepted snapshot. Throws Unavailable where the remote can't be read. */
  refresh(): Promise<PolicySnapshot>;
  /** The accepted snapshot as known here, without contacting the remote; null: none was accepted yet. */
  inForce(): Promise<PolicySnapshot | null>;
  /** Digest of a project's policy at a once accepted commit; null for any other commit. */
  digestAt(commit: CommitSha, project: ProjectSlug, policy: PolicySlug): Promise<Sha256Hex | null>;
  status(): PolicySourceStatus;
  /** Throws Unavailable where another signer accepted a policy that this one hasn't: it would judge by an older one. */
  checkNotBehind(): Promise<void>;
  /** Throws Unavailable where the policy in force is too old for anything to be signed under it. */
  checkFresh(): void;
}
