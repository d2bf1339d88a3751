/**
 * The git program for reading: three commands that change nothing, with nothing of the user's configuration,
 * no replacement objects, no fetching behind one's back, bounded in time and output.
 */
import { spawn } from 'node:child_process';
import { CliError } from '../error.ts';

/** All that this command line ever asks git for. */
export type GitReadCommand = 'rev-parse' | 'ls-tree' | 'cat-file';

const environment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  // A partial clone would ask its remote, by any protocol its configuration names, for what it lacks.
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
};

const timeoutMilliseconds = 120_000;
const outputBytesMax = 256 * 1024 * 1024;
const complaintCharactersMax = 1000;

/** repository, command, arguments and standard input → standard output. */
export async function gitRead(
  repository: string,
  command: GitReadCommand,
  args: readonly string[],
  input = '',
): Promise<Buffer> {
  const child = spawn('git', ['-C', repository, '-c', 'core.fsmonitor=false', command, ...args], {
    env: environment as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutMilliseconds,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new CliError('USAGE', 'git can’t be started; is it installed?', cause));
    });
    child.once('close', resolve);
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < complaintCharactersMax) complaint += chunk.toString('utf8');
  });
  // git may end before it has read everything; its exit code says so better than a broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const output: Buffer[] = [];
  let outputBytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    outputBytes += chunk.length;
    if (outputBytes > outputBytesMax) child.kill('SIGKILL');
    else output.push(chunk);
  });
  const code = await ended;
  if (code === 0) return Buffer.concat(output);
  const reason = outputBytes > outputBytesMax ? 'more output than expected' : complaint.trim();
  throw new CliError('USAGE', `git ${command} failed in ${repository}: ${reason || 'it was stopped'}`);
}
