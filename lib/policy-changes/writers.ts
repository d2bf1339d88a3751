/** The authors of a change: those that the signer reads from its commits, and the proposer, whom only the portal knows. */
import type { CommitSha } from '#core/ids/index.ts';
import { writersOf } from '#core/policy/acceptance/index.ts';
import type { Writers, WrittenCommit } from '#core/policy/acceptance/index.ts';
import { findByIdentity } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';

export function writersOfChange(input: {
  readonly head: CommitSha;
  readonly commits: readonly WrittenCommit[];
  readonly proposedBy: readonly StoredIdentity[];
  readonly snapshot: PolicySnapshot;
}): readonly Writers[] {
  const { head, commits, proposedBy, snapshot } = input;
  const handles = proposedBy.flatMap((identity) => findByIdentity(snapshot, identity)?.handle ?? []);
  // The portal's own record, which only adds people.
  const proposal: Writers = { commit: head, handles: new Set(handles), proven: true };
  return [...writersOf(commits, snapshot), ...(handles.length === 0 ? [] : [proposal])];
}
