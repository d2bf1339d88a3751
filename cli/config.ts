/** `countersign config check`: a process of its own, which is where the processes are installed and not in the command's own package. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from './error.ts';

export const configUsage = `  countersign config check [FILE…] [--as PROCESS] [--credentials FOLDER] [--offline] [--json]
                                                               what keeps a process from starting, and what is dangerous`;

export const configOptions = ['as', 'credentials', 'offline', 'json'] as const;

/** In an installation beside this file; in a checkout among the scripts. */
const places = ['config.js', join('..', 'scripts', 'configuration', 'main.ts')];

export async function configCommand(args: readonly string[]): Promise<number> {
  const program = places.map((place) => join(import.meta.dirname, place)).find((file) => existsSync(file));
  if (program === undefined)
    throw new CliError(
      'USAGE',
      'config check runs where Countersign’s processes are installed: on that machine, in /opt/countersign/current, npm run config -- check',
    );
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
}
