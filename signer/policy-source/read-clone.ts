/** Reads the clone by object name. */
import { GitTreeError } from '#core/git-tree/index.ts';
import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import type { WrittenCommit } from '#core/policy/acceptance/index.ts';
import { fileSizeBytesMax, snapshotFilesMax, snapshotSizeBytesMax } from '#core/policy/index.ts';
import { hasClone, notesRef } from './fetch.ts';
import { GitError, readFiles, type AskGit, type KnownFiles } from '../../lib/host/git/index.ts';
import { askGit, catFiles, exitCodeOf, git, TreeRefusedError, type PolicyClone } from './run-git.ts';

const limits = {
  filesMax: snapshotFilesMax,
  fileSizeBytesMax,
  totalSizeBytesMax: snapshotSizeBytesMax,
};

/** Whether `ancestor` is `descendant` or one of its ancestors. */
export async function isAncestor(
  clone: PolicyClone,
  ancestor: CommitSha,
  descendant: CommitSha,
): Promise<boolean> {
  try {
    await git(clone, ['merge-base', '--is-ancestor', ancestor, descendant]);
    return true;
  } catch (error) {
    // 1 is git's "no"; anything else (128 where the object is unknown) is a failure.
    if (exitCodeOf(error) === 1) return false;
    throw error;
  }
}

/**
 * Whether the complete history of `head` can be read and lacks `commit`, also where the clone has no such commit.
 * Throws GitError where part of the history is missing, which proves nothing.
 */
export async function hasHistoryWithout(
  clone: PolicyClone,
  commit: CommitSha,
  head: CommitSha,
): Promise<boolean> {
  if (await hasCommit(clone, commit)) return !(await isAncestor(clone, commit, head));
  // git walks every commit here and fails at the first unreadable one; `commit` might be one.
  await git(clone, ['rev-list', '--count', head]);
  return true;
}

/** Whether the clone has this commit. Rejects (GitError) where git can't tell, which isn't a no. */
export async function hasCommit(clone: PolicyClone, commit: CommitSha): Promise<boolean> {
  if (!(await hasClone(clone))) return false;
  const answer = (await catFiles(clone, '--batch-check', [commit], 4096)).toString('latin1');
  return answer.startsWith(`${commit} commit `);
}

/** The raw commit object: headers, `gpgsig` included, blank line, message. */
export async function readCommitObject(clone: PolicyClone, commit: CommitSha): Promise<Buffer> {
  return git(clone, ['cat-file', 'commit', commit]);
}

/** Whether two commits hold the very same files. */
export async function haveSameFiles(clone: PolicyClone, one: CommitSha, other: CommitSha): Promise<boolean> {
  const trees = await git(clone, ['rev-parse', '--verify', `${one}^{tree}`]);
  return trees.equals(await git(clone, ['rev-parse', '--verify', `${other}^{tree}`]));
}

const commitsMax = 200;
const commitBytesMax = 1024 * 1024;

/** Commits of `head` that `base` lacks, with their objects; null where there are over 200, too many to examine. */
export async function readCommitsBetween(
  clone: PolicyClone,
  base: CommitSha,
  head: CommitSha,
): Promise<readonly WrittenCommit[] | null> {
  const listed = await git(clone, ['rev-list', `--max-count=${commitsMax + 1}`, head, `^${base}`]);
  const commits = listed.toString('utf8').split('\n').filter(Boolean).map(parseCommitSha);
  if (commits.length > commitsMax) return null;
  const sizes = (await catFiles(clone, '--batch-check', commits, commitsMax * 200))
    .toString('utf8')
    .split('\n');
  // An object over the limit isn't read, so its writer stays unknown.
  const fits = commits.map((_, index) => Number(sizes[index]?.split(' ')[2]) <= commitBytesMax);
  const read = commits.filter((_, index) => fits[index]);
  const answer = await catFiles(clone, '--batch', read, commitsMax * (commitBytesMax + 200));
  const objects = new Map<CommitSha, Uint8Array>();
  let at = 0;
  for (const commit of read) {
    const end = answer.indexOf(0x0a, at);
    const [name, kind, size] = answer.subarray(at, end).toString('latin1').split(' ');
    if (name !== commit || kind !== 'commit')
      throw new GitError('GIT_FAILED', `git cat-file gave something else than commit ${commit}`);
    objects.set(commit, new Uint8Array(answer.subarray(end + 1, end + 1 + Number(size))));
    at = end + 1 + Number(size) + 1;
  }
  return commits.map((commit) => ({ commit, object: objects.get(commit) ?? new Uint8Array() }));
}

const noteBytesMax = 1024 * 1024;

/**
 * The texts beside a commit that may hold further signatures over it. git splits names into folders once there are
 * many, so a note may be at any of three paths; writing to one hides nothing at the others.
 */
export async function readNotes(clone: PolicyClone, commit: CommitSha): Promise<readonly string[]> {
  const paths = [0, 1, 2].map((steps) =>
    [
      ...Array.from({ length: steps }, (_, index) => commit.slice(index * 2, index * 2 + 2)),
      commit.slice(steps * 2),
    ].join('/'),
  );
  const names = paths.map((place) => `${notesRef}:${place}`);
  const answer = (await catFiles(clone, '--batch-check', names, 4096)).toString('utf8').split('\n');
  const texts: string[] = [];
  for (const line of answer.slice(0, names.length)) {
    const match = /^([0-9a-f]{40,64}) blob (\d{1,12})$/.exec(line);
    const [, object, size] = match ?? [];
    // Too long for signatures, or a folder, or absent.
    if (object === undefined || Number(size) > noteBytesMax) continue;
    texts.push((await git(clone, ['cat-file', 'blob', object])).toString('utf8'));
  }
  return texts;
}

/** All files of a commit by path; of those that are as in `known`, the same bytes. Refuses links, submodules, too many and too large files. */
export async function readTree(
  clone: PolicyClone,
  commit: CommitSha,
  known: KnownFiles | null = null,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const ask: AskGit = (args, stdin, outputBytesMax) => askGit(clone, args, stdin, outputBytesMax);
  try {
    return await readFiles(ask, commit, limits, known);
  } catch (error) {
    if (!(error instanceof GitTreeError)) throw error;
    // Incomplete answers of git are the clone's fault; everything else is the commit's.
    if (error.code === 'BLOBS_MALFORMED')
      throw new GitError('GIT_FAILED', error.message, null, { cause: error });
    throw new TreeRefusedError(error.message, { cause: error });
  }
}
