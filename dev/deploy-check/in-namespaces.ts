/** A process in mounts, a network and process numbers of its own. */
import { spawn } from 'node:child_process';
import { pinnedNode, projectDirectory } from '../stack/index.ts';

/** Runs a script of this project there, by the project's own Node.js → its exit code. Whoever is killed takes all that it started along. */
export function inNamespaces(args: readonly string[]): Promise<number> {
  const own = [
    '--mount',
    '--net',
    '--pid',
    '--fork',
    '--kill-child=SIGKILL',
    '--mount-proc',
    '--propagation=private',
  ];
  const child = spawn('unshare', [...own, pinnedNode, ...args], { stdio: 'inherit', cwd: projectDirectory });
  process.once('SIGINT', () => child.kill('SIGTERM'));
  process.once('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
