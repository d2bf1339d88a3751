/** All files of one commit, read from a bare clone in two git calls. */
import { isError } from '#core/error/index.ts';
import { GitTreeError, parseBlobs, parseTreeListing } from '#core/git-tree/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { fileSizeBytesMax, snapshotFilesMax, snapshotSizeBytesMax } from '#core/policy/index.ts';
import { PolicyRepositoryError, git } from './git.ts';

const limits = {
  filesMax: snapshotFilesMax,
  fileSizeBytesMax,
  totalSizeBytesMax: snapshotSizeBytesMax,
};

/** commit → path to bytes. Rejects what `parseTreeListing` rejects: links, submodules, trees over the limits. */
export async function readTree(
  cloneDir: string,
  commit: CommitSha,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const listing = await git(['-C', cloneDir, 'ls-tree', '-r', '-z', '--long', '--full-tree', commit]);
  const entries = acceptable(commit, () => parseTreeListing(listing, limits));
  if (entries.length === 0) return new Map();
  const asked = entries.map((entry) => `${entry.object}\n`).join('');
  const batch = await git(['-C', cloneDir, 'cat-file', '--batch'], asked);
  return acceptable(commit, () => parseBlobs(batch, entries));
}

function acceptable<T>(commit: CommitSha, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isError(error, GitTreeError)) throw error;
    throw new PolicyRepositoryError('TREE_UNACCEPTABLE', `policy commit ${commit}: ${error.message}`, error);
  }
}
