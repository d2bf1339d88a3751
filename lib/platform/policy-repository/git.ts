/** The git program, with nothing of the machine's or the user's configuration, bounded in time and output. */
import { spawn } from 'node:child_process';

export class PolicyRepositoryError extends Error {
  static readonly errorName = 'PolicyRepositoryError';
  readonly code: 'GIT_FAILED' | 'GIT_TIMEOUT' | 'TREE_UNACCEPTABLE' | 'COMMIT_MISSING' | 'POLICY_INVALID';
  constructor(code: PolicyRepositoryError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = PolicyRepositoryError.errorName;
    this.code = code;
  }
}

const timeoutMilliseconds = 30_000;
const outputBytesMax = 128 * 1024 * 1024;

/** Nothing of the machine's or the user's configuration, no questions, no protocol that runs a program. */
export const gitEnvironment = (): NodeJS.ProcessEnv => ({
  NODE_ENV: process.env.NODE_ENV,
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_PROTOCOL_FROM_USER: '0',
  GIT_ALLOW_PROTOCOL: 'file:https:http:ssh',
});

/** arguments and standard input → standard output. Rejects on a non-zero exit, a timeout or over 128 MiB. */
export async function git(args: readonly string[], stdin = ''): Promise<Buffer> {
  const child = spawn('git', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMilliseconds,
    killSignal: 'SIGKILL',
    env: gitEnvironment(),
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
  child.stdin.end(stdin);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new PolicyRepositoryError('GIT_FAILED', 'git could not be started', cause)),
    );
    child.once('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });
  if (signal !== null)
    throw new PolicyRepositoryError('GIT_TIMEOUT', `git ${args.join(' ')} was stopped (${signal})`);
  if (code !== 0) {
    throw new PolicyRepositoryError(
      'GIT_FAILED',
      `git ${args.join(' ')} ended with ${code}: ${complaint.trim()}`,
    );
  }
  return Buffer.concat(output);
}
