/** All files of a commit, out of a clone: those that a known commit has too aren't read again. */
import {
  GitTreeError,
  parseBlobs,
  parseTreeDiff,
  parseTreeListing,
  withSizes,
  type ChangedFile,
  type TreeLimits,
} from '#core/git-tree/index.ts';
import type { CommitSha } from '#core/ids/index.ts';

/** git's arguments and standard input → its output, of which it may give so many bytes. */
export type AskGit = (args: readonly string[], stdin: string, outputBytesMax: number) => Promise<Uint8Array>;

export interface KnownFiles {
  readonly commit: CommitSha;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Of a line of git's: a path, an id and what is around them. */
const lineBytesMax = 2_000;
const usualLineBytes = 250;
/** More than that, and reading everything is as fast. */
const changedFilesMax = 2_000;

/**
 * Path → bytes; those of files that are as in `known` are the same objects. Rejects what `parseTreeListing` and `parseBlobs` reject, and with
 * what `git` rejects.
 */
export async function readFiles(
  git: AskGit,
  commit: CommitSha,
  limits: TreeLimits,
  known: KnownFiles | null = null,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const changed = known === null ? null : await readChanged(git, commit, limits, known);
  return changed ?? readAll(git, commit, limits);
}

async function readAll(
  git: AskGit,
  commit: CommitSha,
  limits: TreeLimits,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const args = ['ls-tree', '-r', '-z', '--long', '--full-tree', commit];
  const entries = parseTreeListing(await git(args, '', limits.filesMax * usualLineBytes), limits);
  if (entries.length === 0) return new Map();
  const asked = entries.map((entry) => `${entry.object}\n`).join('');
  const batch = await git(['cat-file', '--batch'], asked, limits.totalSizeBytesMax * 2);
  return parseBlobs(batch, entries);
}

/** null: too much changed. */
async function readChanged(
  git: AskGit,
  commit: CommitSha,
  limits: TreeLimits,
  known: KnownFiles,
): Promise<ReadonlyMap<string, Uint8Array> | null> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', known.commit, commit];
  // Where a whole policy was replaced, git says more than is read of it.
  const output = await git(args, '', limits.filesMax * usualLineBytes * 2);
  const changed = parseTreeDiff(output, changedFilesMax);
  if (changed === null) return null;
  const blobs = await readBlobs(git, changed.filter(isThere), limits);
  const files = new Map(known.files);
  for (const { path } of changed) {
    const bytes = blobs.get(path);
    if (bytes === undefined) files.delete(path);
    else files.set(path, bytes);
  }
  checkLimits(files, limits);
  return files;
}

type There = ChangedFile & { readonly object: string };
const isThere = (file: ChangedFile): file is There => file.object !== null;

async function readBlobs(
  git: AskGit,
  files: readonly There[],
  limits: TreeLimits,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (files.length === 0) return new Map();
  const asked = files.map(({ object }) => `${object}\n`).join('');
  const sizes = await git(['cat-file', '--batch-check'], asked, files.length * lineBytesMax);
  const entries = withSizes(sizes, files, limits);
  const bytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes + lineBytesMax, 0);
  return parseBlobs(await git(['cat-file', '--batch'], asked, bytes), entries);
}

function checkLimits(files: ReadonlyMap<string, Uint8Array>, limits: TreeLimits): void {
  if (files.size > limits.filesMax)
    throw new GitTreeError('TOO_MANY_FILES', null, `the commit has more than ${limits.filesMax} files`);
  let total = 0;
  for (const bytes of files.values()) total += bytes.length;
  if (total <= limits.totalSizeBytesMax) return;
  const message = `the files of the commit total more than ${limits.totalSizeBytesMax} bytes`;
  throw new GitTreeError('TOO_MANY_BYTES', null, message);
}
