/** Copies the project to a separate folder: guards are broken there, never in the working tree. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectDirectory } from '../stack/index.ts';

/** What Git leaves out and tests need. */
const generated = ['lib/platform/db/generated'];
const listBytesMax = 16 * 1024 * 1024;

/** Copies what Git knows or would take (including uncommitted files) into the folder, replacing its content. */
export function copyProject(to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: projectDirectory,
    encoding: 'utf8',
    maxBuffer: listBytesMax,
  });
  for (const file of [...listed.split('\0').filter((part) => part !== ''), ...generated]) {
    const from = join(projectDirectory, file);
    if (!existsSync(from)) continue; // removed and not committed yet
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(from, join(to, file), { recursive: true });
  }
  symlinkSync(join(projectDirectory, 'node_modules'), join(to, 'node_modules'));
}
