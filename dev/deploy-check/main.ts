/**
 * Installs a release on this machine as docs/guides/installation.md says, has a program signed, and takes everything away again:
 *   npm run deploy:check [-- --keep]     as root; --keep leaves the folder with release, logs and configurations
 * What is made lies in mounts, a network and processes of a namespace of its own: the machine's /etc, /opt, /var/lib and ports stay as
 * they are, also where this is killed.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureProcesses } from '../../scripts/processes/ensure.ts';
import { packRelease } from '../../scripts/release/pack.ts';
import { ensurePortalBuild, prepareStackPaths, projectDirectory, step } from '../stack/index.ts';
import { findProgram, runCommand } from '../stack/process/run.ts';
import { inNamespaces } from './in-namespaces.ts';

const usage = 'usage: npm run deploy:check [-- --keep]';
const programs = {
  unshare: 'util-linux',
  setpriv: 'util-linux',
  ip: 'iproute2',
  'systemd-analyze': 'systemd',
  'systemd-sysusers': 'systemd',
  'systemd-tmpfiles': 'systemd',
  nginx: 'nginx-light',
  clamd: 'clamav-daemon',
  'softhsm2-util': 'softhsm2',
  osslsigncode: 'osslsigncode',
  openssl: 'openssl',
  'x86_64-w64-mingw32-gcc': 'gcc-mingw-w64-x86-64-win32',
} as const;

async function main(): Promise<number> {
  let keep: boolean;
  let help: boolean;
  try {
    ({ keep, help } = parseArgs({
      options: {
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  if (help) {
    console.log(usage);
    return 0;
  }
  const missing = Object.entries(programs).filter(([name]) => findProgram(name) === null);
  if (process.getuid?.() !== 0 || missing.length > 0) {
    const packages = [...new Set(missing.map(([, apt]) => apt))].join(' ');
    console.error(
      missing.length > 0 ? `Missing: apt-get install ${packages}` : 'Only root can become other users.',
    );
    return 1;
  }
  const place = join(projectDirectory, '.countersign', 'deploy-check');
  mkdirSync(place, { recursive: true });
  const work = mkdtempSync(join(place, 'run-'));
  chmodSync(work, 0o755);
  try {
    const release = await makeRelease(work);
    return await inNamespaces([join(import.meta.dirname, 'inside.ts'), work, release]);
  } finally {
    if (keep) console.log(`Kept: ${work}`);
    else rmSync(work, { recursive: true, force: true });
  }
}

/** → name of the release's folder in `work`/opt/countersign, installed as the guide says. */
async function makeRelease(work: string): Promise<string> {
  await step('Building the processes', (report) => ensureProcesses(report));
  await step('Building the portal', (report) => ensurePortalBuild(prepareStackPaths(), report));
  const [tarball = ''] = await step('Packing a release', (report) =>
    packRelease({ root: projectDirectory, output: join(work, 'release'), uncommitted: true, report }),
  );
  const opt = join(work, 'opt', 'countersign');
  mkdirSync(opt, { recursive: true });
  const name = basename(tarball, '.tar.gz');
  await step('Installing it: npm ci --omit=dev', async () => {
    await runCommand('sha256sum', ['--check', '--quiet', `${name}.SHA256SUMS`], {
      cwd: join(work, 'release'),
    });
    await runCommand('tar', ['-xzf', tarball, '--no-same-owner', '-C', opt]);
    const folder = join(opt, name);
    const limits = { cwd: folder, timeoutSeconds: 1800 };
    await runCommand('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], limits);
    await runCommand('npm', ['run', 'build:native'], limits);
    await runCommand('ln', ['-sfn', name, join(opt, 'current')]);
  });
  return name;
}

process.exitCode = await main();
