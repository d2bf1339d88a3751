/**
 * The git program, hardened once for signer, portal and command line: no system or user configuration, no hooks, no
 * prompts, no replacement or lazily fetched objects, bounded time and output.
 */
import { CodedError } from '#core/error/index.ts';
import type { ErrorFacts } from '#core/error/index.ts';
import { spawn } from 'node:child_process';

/** Values of `GIT_ALLOW_PROTOCOL`: the protocols that a command may use. */
export type GitProtocol = 'file' | 'http' | 'https' | 'ssh';

export interface GitOptions {
  readonly stdin?: string | Uint8Array;
  /** Default: the command contacts nobody. */
  readonly protocols?: readonly GitProtocol[];
  /** Besides what every command gets: author, committer, dates, an index of its own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds?: number;
  readonly outputBytesMax?: number;
  /** Maximum size of a file that git writes; default: none. When it is reached, git fails as for any other reason. */
  readonly fileBytesMax?: number;
}

export interface GitResult {
  readonly exitCode: number;
  readonly output: Buffer;
  /** What git wrote to standard error, without credentials; the first 4,096 characters. */
  readonly complaint: string;
}

export type GitErrorCode = 'GIT_NOT_STARTED' | 'GIT_STOPPED' | 'GIT_OUTPUT' | 'GIT_FAILED';

/** Messages name the command and never its arguments, which may hold an address with a password. */
export class GitError extends CodedError<GitErrorCode> {
  static override readonly errorName = 'GitError';
  /** null: git didn't finish. */
  readonly exitCode: number | null;
  constructor(code: GitErrorCode, message: string, exitCode: number | null = null, options?: ErrorFacts) {
    super(code, message, { context: { exitCode }, ...options });
    this.exitCode = exitCode;
  }
}

const defaultTimeoutMilliseconds = 60_000;
const defaultOutputBytesMax = 64 * 1024 * 1024;
const complaintCharactersMax = 4096;

/** fsck on receipt: malformed objects are rejected before anything reads them. */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'fetch.fsckObjects=true',
  'receive.fsckObjects=true',
  'gc.auto=0',
  'maintenance.auto=false',
].flatMap((setting) => ['-c', setting]);

/** Only what git needs, so nothing of the program's own environment reaches it. */
export function gitEnvironment(protocols: readonly GitProtocol[] = []): NodeJS.ProcessEnv {
  return {
    NODE_ENV: process.env.NODE_ENV,
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    // A partial clone would request missing objects from its remote, by any protocol in its configuration.
    GIT_NO_LAZY_FETCH: '1',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_ALLOW_PROTOCOL: protocols.length === 0 ? 'none' : protocols.join(':'),
  };
}

/** A bare repository, or a folder in a working tree. */
export type GitPlace = { readonly gitDir: string } | { readonly folder: string } | 'anywhere';

export function gitArguments(place: GitPlace, args: readonly string[]): readonly string[] {
  if (place === 'anywhere') return [...settings, ...args];
  return 'gitDir' in place
    ? ['--git-dir', place.gitDir, ...settings, ...args]
    : ['-C', place.folder, ...settings, ...args];
}

/**
 * Text without user names and passwords in URLs: failures appear in logs, the journal and on public pages. Up to the last @, since one in a
 * password is part of it. Schemes are short: the text may be a remote's, and each of its words could begin one.
 */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/]*@/gi, '$1');
}

/**
 * git has no bound on what a remote may send: the shell sets one (POSIX `ulimit -f`, in blocks of 512 bytes) and
 * becomes git.
 */
function underLimit(fileBytesMax: number): readonly string[] {
  return ['/bin/sh', '-c', 'ulimit -f "$0" && exec "$@"', String(Math.ceil(fileBytesMax / 512))];
}

/**
 * Runs git to its end → its exit code and output. Rejects (GitError) where it can't be started (GIT_NOT_STARTED),
 * takes too long
 * (GIT_STOPPED) or answers more than `outputBytesMax` (GIT_OUTPUT).
 */
export async function runGit(
  place: GitPlace,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult> {
  const { stdin = '', protocols = [], env = {} } = options;
  const { timeoutMilliseconds = defaultTimeoutMilliseconds, outputBytesMax = defaultOutputBytesMax } =
    options;
  const name = `git ${args.find((arg) => /^[a-z][a-z-]*$/.test(arg)) ?? ''}`;
  const bounded = options.fileBytesMax === undefined ? [] : underLimit(options.fileBytesMax);
  const [program, ...first] = [...bounded, 'git'];
  const child = spawn(program, [...first, ...gitArguments(place, args)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // A separate process group: git's child that talks to a remote would outlive it and keep our pipes open.
    detached: true,
    env: { ...gitEnvironment(protocols), ...env },
  });
  const stop = (): void => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const timer = setTimeout(stop, timeoutMilliseconds);
  const output: Buffer[] = [];
  let outputBytes = 0;
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    outputBytes += chunk.byteLength;
    if (outputBytes > outputBytesMax) stop();
    else output.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < complaintCharactersMax) complaint += chunk.toString('utf8');
  });
  // git may end before it has read everything; its exit code is more informative than a broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new GitError('GIT_NOT_STARTED', 'git can’t be started; is it installed?', null, { cause })),
    );
    child.once('close', resolve);
  }).finally(() => {
    clearTimeout(timer);
  });
  if (outputBytes > outputBytesMax)
    throw new GitError('GIT_OUTPUT', `${name} answered more than ${outputBytesMax} bytes`);
  if (exitCode === null)
    throw new GitError('GIT_STOPPED', `${name} took over ${timeoutMilliseconds / 1000} s`);
  const said = withoutCredentials(complaint).slice(0, complaintCharactersMax).trim();
  return { exitCode, output: Buffer.concat(output), complaint: said };
}

/** The same for a command that has to succeed: rejects with GIT_FAILED, the exit code and what git said. */
export async function git(
  place: GitPlace,
  args: readonly string[],
  options: GitOptions = {},
): Promise<Buffer> {
  const { exitCode, output, complaint } = await runGit(place, args, options);
  if (exitCode === 0) return output;
  const name = `git ${args.find((arg) => /^[a-z][a-z-]*$/.test(arg)) ?? ''}`;
  const said = complaint === '' ? '' : `: ${complaint.slice(0, 500)}`;
  throw new GitError('GIT_FAILED', `${name} ended with ${exitCode}${said}`, exitCode);
}
