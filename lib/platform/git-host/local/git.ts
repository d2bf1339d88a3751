/** Git commands on the bare repository of the local host: plumbing only, nothing of anybody's configuration. */
import { spawn } from 'node:child_process';
import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import { GitHostError } from '../error.ts';

const timeoutMilliseconds = 30_000;
const outputBytesMax = 64 * 1024 * 1024;

export interface GitAnswer {
  readonly code: number;
  readonly output: Buffer;
  readonly complaint: string;
}

export interface GitInput {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs git to its end → its exit code and output. Rejects (UNAVAILABLE) where it can't be run or takes too long. */
export async function askGit(
  repository: string,
  args: readonly string[],
  input: GitInput = {},
): Promise<GitAnswer> {
  const child = spawn('git', ['--git-dir', repository, '-c', 'core.hooksPath=/dev/null', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMilliseconds,
    killSignal: 'SIGKILL',
    env: {
      NODE_ENV: process.env.NODE_ENV,
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      ...input.env,
    },
  });
  const output: Buffer[] = [];
  let outputBytes = 0;
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    outputBytes += chunk.byteLength;
    if (outputBytes > outputBytesMax) child.kill('SIGKILL');
    else output.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < 4096) complaint += chunk.toString('utf8');
  });
  // git may end before it has read everything; its exit code says so better than a broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input.stdin ?? '');
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new GitHostError('UNAVAILABLE', 'git could not be started', { cause })),
    );
    child.once('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });
  if (code === null) {
    throw new GitHostError('UNAVAILABLE', `git ${args[0] ?? ''} was stopped (${signal ?? 'no signal'})`);
  }
  return { code, output: Buffer.concat(output), complaint: complaint.trim() };
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

/** All branches by name. Names that no branch of ours could have are left out: nothing here could ask for them. */
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
