/** All files of one commit, read from a bare clone in a few git calls. */
import { isError } from '#core/error/index.ts';
import { GitTreeError } from '#core/git-tree/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import {
  fileSizeBytesMax,
  loadedFrom,
  snapshotFilesMax,
  snapshotSizeBytesMax,
  type PolicySnapshot,
} from '#core/policy/index.ts';
import { readFiles } from '../../host/git/index.ts';
import { PolicyRepositoryError, git } from './git.ts';

const limits = {
  filesMax: snapshotFilesMax,
  fileSizeBytesMax,
  totalSizeBytesMax: snapshotSizeBytesMax,
};

/**
 * commit → path to bytes; of files that are as in `known`, the same bytes. Rejects what `parseTreeListing` rejects: links, submodules, trees
 * over the limits.
 */
export async function readTree(
  cloneDir: string,
  commit: CommitSha,
  known: PolicySnapshot | null,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = known === null ? null : loadedFrom(known);
  const before = known === null || files === null ? null : { commit: known.commit, files };
  try {
    return await readFiles(
      (args, stdin, outputBytesMax) => git(['-C', cloneDir, ...args], stdin, outputBytesMax),
      commit,
      limits,
      before,
    );
  } catch (error) {
    if (!isError(error, GitTreeError)) throw error;
    throw new PolicyRepositoryError('TREE_UNACCEPTABLE', `policy commit ${commit}: ${error.message}`, error);
  }
}
