/** The command as somebody else has it: packed, and installed from its one file without a registry. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packCommand } from '../scripts/command/pack.ts';

const run = promisify(execFile);

/** Installs it into `folder` → the program. */
export async function installCommand(folder: string): Promise<string> {
  const prefix = join(folder, 'prefix');
  const flags = ['--global', '--offline', '--no-audit', '--no-fund', '--prefix', prefix];
  await run('npm', ['install', ...flags, await packCommand(folder)], { cwd: folder });
  return join(prefix, 'bin', 'countersign');
}
