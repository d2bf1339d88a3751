import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { StackError } from '../error.ts';
import { endWithThisProcess } from './supervise.ts';

const execute = promisify(execFile);

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutSeconds?: number;
}

/** Runs a program to its end → what it wrote to standard output. Its error output goes into the error. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutSeconds = 300 }: CommandOptions = {},
): Promise<string> {
  try {
    const execution = execute(command, args, {
      timeout: timeoutSeconds * 1000,
      maxBuffer: 16 * 1024 * 1024,
      env: env ?? process.env,
      ...(cwd === undefined ? {} : { cwd }),
    });
    endWithThisProcess(execution.child);
    return (await execution).stdout;
  } catch (error) {
    // Node's own error repeats all arguments, among which there may be a PIN: neither it nor they go further.
    const { stderr = '', code, signal } = error as { stderr?: string; code?: unknown; signal?: unknown };
    const reason = stderr.trim() === '' ? `ended with ${String(signal ?? code)}` : stderr.trim();
    throw new StackError('COMMAND_FAILED', `${command} failed: ${reason}`);
  }
}

/** Where a program is; system folders that aren't on everybody's PATH included. null where it isn't installed. */
export function findProgram(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const folder of [...folders, '/usr/sbin', '/usr/local/sbin', '/sbin', '/opt/homebrew/sbin']) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      continue;
    }
  }
  return null;
}

/** Like findProgram, for a required program. */
export function requireProgram(name: string, aptPackage: string, brewPackage: string): string {
  const found = findProgram(name);
  if (found !== null) return found;
  const fix =
    process.platform === 'darwin' ? `brew install ${brewPackage}` : `sudo apt-get install ${aptPackage}`;
  throw new StackError('MISSING_PROGRAM', `${name} isn't installed; run: ${fix}`);
}
