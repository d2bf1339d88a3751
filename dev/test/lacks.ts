/** Programs that a test requires. Only this and `skipIf` may decide that a test is skipped (eslint.config.js). */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/**
 * Whether a program isn't installed; says so once. In CI that is an error: what is not run there proves nothing, and the set-up
 * installs every program that tests need.
 */
export function lacksTools(...programs: readonly string[]): boolean {
  const missing = programs.filter(
    (program) => spawnSync('sh', ['-c', 'command -v -- "$0"', program]).status !== 0,
  );
  if (missing.length === 0) return false;
  const words = `${missing.join(', ')}: not installed`;
  if (process.env['CI'] !== undefined) {
    throw new Error(`${words}; add it to scripts/set-up/system-packages.mjs, no test is skipped in CI`);
  }
  console.warn(`${words}, so tests are skipped; node scripts/bootstrap.mjs set-up installs it`);
  return true;
}

/** Whether files are absent that aren't part of the project: real programs and attestations of others, to be tried as well. */
export function lacksMaterial(path: string): boolean {
  if (existsSync(path)) return false;
  console.warn(`${path} is absent: skipped`);
  return true;
}

/** Whether this isn't root, who alone can become other users. CI runs as whoever it runs as: `npm run deploy:check` needs root, too. */
export function lacksRoot(): boolean {
  if (process.getuid?.() === 0) return false;
  console.warn('not root: tests of several users are skipped');
  return true;
}

/** Whether neither root's mounts nor user namespaces are to be had; says so once. In CI that is an error. */
export function lacksSmallDisks(): boolean {
  const isMounted = (command: readonly string[]): boolean =>
    spawnSync(command[0] ?? '', command.slice(1)).status === 0;
  const mount = ['mount', '-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', tmpdir()];
  if (isMounted(['unshare', '--user', '--map-root-user', '--mount', ...mount])) return false;
  if (process.getuid?.() === 0 && isMounted(['unshare', '--mount', ...mount])) return false;
  const words = 'no file system can be mounted here, neither as root nor in a user namespace';
  if (process.env['CI'] !== undefined)
    throw new Error(`${words}: full disks can’t be tried, and no test is skipped in CI`);
  console.warn(`${words}: tests of full disks are skipped`);
  return true;
}

/** Whether this isn't root, or root can't mount: for what needs the real path of a small file system. */
export const lacksMounts = (): boolean => lacksRoot() || lacksSmallDisks();
