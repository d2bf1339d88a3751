/** Git commands on the bare repository of the local host: plumbing only, ignoring user configuration. */
import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import { isError } from '#core/error/index.ts';
import { GitError, runGit, type GitOptions } from '../../../host/git/index.ts';
import { GitHostError } from '../error.ts';

const timeoutMilliseconds = 30_000;

export interface GitAnswer {
  readonly code: number;
  readonly output: Buffer;
  readonly complaint: string;
}

export type GitInput = Pick<GitOptions, 'stdin' | 'env'>;

/** Runs git to its end → its exit code and output. Rejects (UNAVAILABLE) where it can't be run or takes too long. */
export async function askGit(
  repository: string,
  args: readonly string[],
  input: GitInput = {},
): Promise<GitAnswer> {
  try {
    const answer = await runGit({ gitDir: repository }, args, { ...input, timeoutMilliseconds });
    return { code: answer.exitCode, output: answer.output, complaint: answer.complaint };
  } catch (cause) {
    if (!isError(cause, GitError)) throw cause;
    throw new GitHostError('UNAVAILABLE', cause.message, { cause });
  }
}

/** Runs git, which has to succeed → its output without the line's end. */
export async function git(
  repository: string,
  args: readonly string[],
  input: GitInput = {},
): Promise<string> {
  const { code, output, complaint } = await askGit(repository, args, input);
  if (code !== 0) throw new GitHostError('INVALID', `git ${args[0] ?? ''} ended with ${code}: ${complaint}`);
  return output.toString('utf8').trimEnd();
}

const branchForm = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;

/** Branch name → its full ref. Rejects (INVALID) what git or a shell could read as something else. */
function refOf(branch: string): string {
  const odd = branch.includes('..') || branch.includes('//') || /(?:\/|\.|\.lock)$/.test(branch);
  if (!branchForm.test(branch) || odd) {
    throw new GitHostError('INVALID', `${JSON.stringify(branch.slice(0, 80))} is no name for a branch here`);
  }
  return `refs/heads/${branch}`;
}

/** → the commit a branch points to, or null where there is no such branch. */
export async function headOf(repository: string, branch: string): Promise<CommitSha | null> {
  const { code, output } = await askGit(repository, [
    'rev-parse',
    '--verify',
    '--quiet',
    `${refOf(branch)}^{commit}`,
  ]);
  return code === 0 ? parseCommitSha(output.toString('utf8').trim()) : null;
}

const branchesMax = 1000;

/** All branches by name. Names that our branches can't have are left out: nothing here could use them. */
export async function listBranches(
  repository: string,
): Promise<readonly { readonly branch: string; readonly commit: CommitSha }[]> {
  const text = await git(repository, [
    'for-each-ref',
    '--sort=refname',
    `--count=${branchesMax + 1}`,
    '--format=%(objectname) %(refname:lstrip=2)',
    'refs/heads/',
  ]);
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.length > branchesMax) throw new GitHostError('PARTIAL', `over ${branchesMax} branches`);
  return lines.flatMap((line) => {
    const [commit, branch = ''] = line.split(' ');
    return branchForm.test(branch) ? [{ branch, commit: parseCommitSha(commit) }] : [];
  });
}

/** Whether `ancestor` is `descendant` or one of its ancestors. */
export async function isAncestor(
  repository: string,
  ancestor: CommitSha,
  descendant: CommitSha,
): Promise<boolean> {
  const { code, complaint } = await askGit(repository, ['merge-base', '--is-ancestor', ancestor, descendant]);
  if (code === 0) return true;
  if (code === 1) return false;
  throw new GitHostError('NOT_FOUND', `git merge-base: ${complaint}`);
}

/** Moves a branch only where it still stands at `expected` (null: where it doesn't exist yet). */
export async function moveBranch(
  repository: string,
  branch: string,
  to: CommitSha,
  expected: CommitSha | null,
): Promise<void> {
  await moveRef(repository, refOf(branch), to, expected);
}

/** The same for any ref, by its full name. */
export async function moveRef(
  repository: string,
  ref: string,
  to: CommitSha,
  expected: CommitSha | null,
): Promise<void> {
  const from = expected ?? '0'.repeat(to.length);
  const { code, complaint } = await askGit(repository, ['update-ref', ref, to, from]);
  if (code !== 0) throw new GitHostError('CONFLICT', `${ref} is not where it was expected: ${complaint}`);
}
