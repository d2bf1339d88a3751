/** Which policy maintainers of the policy in force signed a commit: counted exactly as the signer does. */
import { verifyPolicyCommit } from '#core/approval/index.ts';
import { parsePersonHandle } from '#core/ids/index.ts';
import type { CommitSha, PersonHandle } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';

export function maintainersOf(snapshot: PolicySnapshot) {
  return snapshot.trustRoot.value.policyMaintainers.members.map((name) => {
    const handle = parsePersonHandle(name);
    const keys = snapshot.people.get(handle)?.value.approvalKeys.map((key) => key.publicKey) ?? [];
    return { handle, keys };
  });
}

/** Commit, its raw object and its co-signatures → handles, each once. */
export function signersOf(input: {
  readonly commit: CommitSha;
  readonly object: Uint8Array;
  readonly coSignatures: string | null;
  readonly snapshot: PolicySnapshot;
}): readonly PersonHandle[] {
  const verified = verifyPolicyCommit({
    commit: input.commit,
    commitObject: input.object,
    notes: input.coSignatures === null ? [] : [input.coSignatures],
    maintainers: maintainersOf(input.snapshot),
    // A threshold of one returns all signers; the caller compares their number with what is required.
    threshold: 1,
  });
  return verified.ok ? verified.value.signers : [];
}
