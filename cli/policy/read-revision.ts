/** The files of one commit, as in Git; the working tree isn't read. */
import { GitTreeError, parseBlobs, parseTreeListing } from '#core/git-tree/index.ts';
import type { TreeEntry } from '#core/git-tree/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { fileSizeBytesMax, snapshotFilesMax, snapshotSizeBytesMax } from '#core/policy/index.ts';
import { CliError } from '../error.ts';
import { gitRead } from './git.ts';

export interface Revision {
  readonly commit: CommitSha;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const limits = {
  filesMax: snapshotFilesMax,
  fileSizeBytesMax,
  totalSizeBytesMax: snapshotSizeBytesMax,
};

/**
 * Repository and revision (a commit, branch or tag) → commit and files. Files with the same content as in
 * `known` are the very same bytes, and aren't read again.
 */
export async function readRevision(
  repository: string,
  revision: string,
  known: Revision | null = null,
): Promise<Revision> {
  const commit = await commitOf(repository, revision);
  if (commit === known?.commit) return known;
  const entries = await listing(repository, commit);
  if (known === null) return { commit, files: await contents(repository, commit, entries) };
  const before = new Map(
    (await listing(repository, known.commit)).map((treeEntry) => [treeEntry.path, treeEntry.object]),
  );
  const fresh = entries.filter((entry) => before.get(entry.path) !== entry.object);
  const read = await contents(repository, commit, fresh);
  const files = new Map<string, Uint8Array>();
  for (const { path } of entries) {
    const bytes = read.get(path) ?? known.files.get(path);
    if (bytes !== undefined) files.set(path, bytes);
  }
  return { commit, files };
}

async function commitOf(repository: string, revision: string): Promise<CommitSha> {
  try {
    const output = await gitRead(repository, 'rev-parse', [
      '--verify',
      '--quiet',
      '--end-of-options',
      `${revision}^{commit}`,
    ]);
    return parseCommitSha(output.toString('utf8').trim());
  } catch (cause) {
    throw new CliError(
      'USAGE',
      `${repository} has no commit ${revision}. In CI, check out the whole history (fetch-depth: 0). ${(cause as Error).message}`,
      cause,
    );
  }
}

async function listing(repository: string, commit: CommitSha): Promise<readonly TreeEntry[]> {
  const output = await gitRead(repository, 'ls-tree', ['-r', '-z', '--long', '--full-tree', commit]);
  return refusing(commit, () => parseTreeListing(output, limits));
}

async function contents(
  repository: string,
  commit: CommitSha,
  entries: readonly TreeEntry[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (entries.length === 0) return new Map();
  const asked = entries.map((entry) => `${entry.object}\n`).join('');
  const output = await gitRead(repository, 'cat-file', ['--batch'], asked);
  return refusing(commit, () => parseBlobs(output, entries));
}

/** A commit that can't contain a policy is a refusal, not wrong usage of the command. */
function refusing<T>(commit: CommitSha, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GitTreeError)) throw error;
    throw new CliError('REFUSED', `commit ${commit.slice(0, 12)}: ${error.message} [${error.code}]`, error);
  }
}
