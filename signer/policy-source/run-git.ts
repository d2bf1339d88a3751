/**
 * The git program on the signer's own bare clone of the policy repository. Nothing is ever checked out, no hook or
 * configuration of the remote or the user is run.
 */
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class GitError extends Error {
  readonly code: 'GIT_FAILED' | 'GIT_TREE_REFUSED';
  constructor(code: GitError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'GitError';
    this.code = code;
  }
}

export interface PolicyClone {
  readonly directory: string;
  readonly url: string;
  readonly ref: string;
}

// Only what git needs, so nothing of the daemon's own environment reaches it.
const environment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'file:http:https:ssh',
};
// fsck at the door: malformed objects are turned away before anything reads them.
const hardening = ['-c', 'fetch.fsckObjects=true', '-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0'];

/** Text without user names and passwords in addresses: what fails is told in logs, the journal and on public pages. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1');
}

/** Rejects (GIT_FAILED, its cause with git's exit code) where it fails or takes over a minute. */
export async function git(clone: Pick<PolicyClone, 'directory'>, args: readonly string[]): Promise<Buffer> {
  try {
    const { stdout } = await run('git', ['--git-dir', clone.directory, ...hardening, ...args], {
      env: environment as NodeJS.ProcessEnv,
      encoding: 'buffer',
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    return stdout;
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString('utf8').trim().slice(0, 500) ?? '';
    const reason = withoutCredentials(said || (error as Error).message);
    // Of what execFile throws only the exit code is kept: the rest repeats the command with the whole address.
    const { code } = error as { code?: unknown };
    throw new GitError('GIT_FAILED', `git ${args[0] ?? ''} failed: ${reason}`, { code });
  }
}

/** git's exit code where a command failed; null: it didn't come to an end. */
export function exitCodeOf(error: unknown): number | null {
  const { cause } = error as { cause?: { code?: unknown } };
  return error instanceof GitError && typeof cause?.code === 'number' ? cause.code : null;
}

/** One `git cat-file --batch` or `--batch-check` for many objects; rejects beyond `outputBytesMax`. */
export async function catFiles(
  clone: Pick<PolicyClone, 'directory'>,
  option: '--batch' | '--batch-check',
  names: readonly string[],
  outputBytesMax: number,
): Promise<Buffer> {
  const child = spawn('git', ['--git-dir', clone.directory, ...hardening, 'cat-file', option], {
    env: environment as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined); // a dead child shows in its exit code
  child.stdin.end(names.map((one) => `${one}\n`).join(''));
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received > outputBytesMax) {
      child.kill('SIGKILL');
      throw new GitError('GIT_FAILED', 'git cat-file answered more than it was asked for');
    }
    chunks.push(chunk);
  }
  const code = await ended;
  if (code !== 0) throw new GitError('GIT_FAILED', `git cat-file ended with ${String(code)}`);
  return Buffer.concat(chunks);
}
