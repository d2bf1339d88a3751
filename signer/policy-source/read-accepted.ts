import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { readAccepted } from './accepted.ts';
import type { PolicyClone } from './run-git.ts';
import { Snapshots } from './snapshots.ts';

/** Beside the clone, not in it: a clone may be deleted and fetched again. */
export const acceptedFileOf = ({ directory }: Pick<PolicyClone, 'directory'>): string =>
  `${directory.replace(/\/+$/, '')}.accepted.json`;

/** Commit that the signer last accepted, from its own file; null: there is none. */
export async function readAcceptedCommit(clone: Pick<PolicyClone, 'directory'>): Promise<CommitSha | null> {
  return (await readAccepted(acceptedFileOf(clone)))?.last.commit ?? null;
}

/**
 * What the signer last accepted, from its own clone and file, for other programs on its host. Throws where it can't
 * be read.
 */
export async function readAcceptedSnapshot(
  source: PolicyClone & { readonly initialCommit: string },
): Promise<PolicySnapshot> {
  const accepted = await readAccepted(acceptedFileOf(source));
  const commit = accepted?.last.commit ?? parseCommitSha(source.initialCommit);
  return new Snapshots(source).load(commit, null, accepted !== null);
}
