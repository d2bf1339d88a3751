/** Who wrote a change: as its commits tell the signer, and besides whoever proposed it, which only the portal knows. */
import type { CommitSha } from '#core/ids/index.ts';
import { writersOf } from '#core/policy/acceptance/index.ts';
import type { Writers, WrittenCommit } from '#core/policy/acceptance/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';

export function writersOfChange(input: {
  readonly head: CommitSha;
  readonly commits: readonly WrittenCommit[];
  /** Numeric ids. */
  readonly proposedBy: readonly string[];
  readonly snapshot: PolicySnapshot;
}): readonly Writers[] {
  const { head, commits, proposedBy, snapshot } = input;
  const handles = [...snapshot.people]
    .filter(([, person]) => proposedBy.includes(person.value.githubId))
    .map(([handle]) => handle);
  const proposal: Writers = { commit: head, handles: new Set(handles), known: true };
  return [...writersOf(commits, snapshot), ...(handles.length === 0 ? [] : [proposal])];
}
