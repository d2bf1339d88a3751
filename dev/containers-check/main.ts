/**
 * Builds the images of deploy/containers from a release of this checkout, starts compose.yaml with podman-compose, has a program signed
 * through Caddy, and takes everything away again:
 *   npm run containers:check [-- --keep]     as root; --keep leaves images, logs and configurations
 * Nothing comes from a registry of images: the base is made by debootstrap, and PostgreSQL, clamd and Caddy are Debian's own.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureProcesses } from '../../scripts/processes/ensure.ts';
import { packRelease } from '../../scripts/release/pack.ts';
import {
  eicar,
  ensurePortalBuild,
  findProgram,
  pinnedNode,
  prepareStackPaths,
  projectDirectory,
  runCommand,
  step,
} from '../stack/index.ts';
import { basePrefix, imagePrefix, openPodman } from './podman.ts';
import { inNamespaces } from '../deploy-check/in-namespaces.ts';

const usage = 'usage: npm run containers:check [-- --keep]';
const programs = {
  unshare: 'util-linux',
  podman: 'podman',
  'podman-compose': 'podman-compose',
  crun: 'crun',
  iptables: 'iptables',
  debootstrap: 'debootstrap',
  osslsigncode: 'osslsigncode',
  'x86_64-w64-mingw32-gcc': 'gcc-mingw-w64-x86-64-win32',
} as const;

async function main(): Promise<number> {
  let values: { keep: boolean; help: boolean };
  try {
    ({ values } = parseArgs({
      options: {
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const missing = Object.entries(programs).filter(([name]) => findProgram(name) === null);
  if (process.getuid?.() !== 0 || missing.length > 0) {
    const packages = [...new Set(missing.map(([, apt]) => apt))].join(' ');
    console.error(
      missing.length > 0
        ? `Missing: apt-get install --no-install-recommends ${packages} netavark aardvark-dns`
        : 'Only root can make namespaces for all of it.',
    );
    return 1;
  }
  const place = join(projectDirectory, '.countersign', 'containers-check');
  const work = join(place, 'work');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  chmodSync(work, 0o755);
  try {
    await makeImages(place, work);
    return await inNamespaces([join(import.meta.dirname, 'inside.ts'), place, work]);
  } finally {
    if (values.keep) console.log(`Kept: ${place}`);
    else await takeAway(place);
  }
}

async function makeImages(place: string, work: string): Promise<void> {
  await step('Building the processes', (report) => ensureProcesses(report));
  await step('Building the portal', (report) => ensurePortalBuild(prepareStackPaths(), report));
  const release = join(work, 'release');
  await step('Packing a release', (report) =>
    packRelease({ root: projectDirectory, output: release, uncommitted: true, report }),
  );
  cpSync(join(projectDirectory, 'deploy', 'containers'), join(work, 'containers'), { recursive: true });
  cpSync(join(projectDirectory, 'deploy', 'caddy'), join(work, 'caddy'), { recursive: true });
  const podman = openPodman(place);
  const base = `${basePrefix}/debian:bookworm`;
  await step('Base: debootstrap', async () => {
    const tarball = join(place, 'base.tar');
    if (!existsSync(tarball)) {
      const folder = join(place, 'base');
      rmSync(folder, { recursive: true, force: true });
      const limits = { timeoutSeconds: 1800 };
      await runCommand(
        'debootstrap',
        ['--variant=minbase', '--include=ca-certificates', 'bookworm', folder],
        limits,
      );
      await runCommand('tar', ['-C', folder, '-cf', tarball, '.'], limits);
      rmSync(folder, { recursive: true });
    }
    await podman(['image', 'exists', base]).catch(() => podman(['import', '--quiet', tarball, base]));
  });
  const services = join(work, 'services');
  cpSync(import.meta.dirname, services, { recursive: true });
  // Beside what each test of a scanner wants to find, nothing is known to it.
  const hex = Buffer.from(eicar, 'ascii').toString('hex');
  writeFileSync(join(services, 'test.ndb'), `Eicar-Test-Signature:0:0:${hex}\n`);
  const npm = dirname(dirname(realpathSync(findProgram('npm') ?? 'npm')));
  cpSync(npm, join(services, 'npm'), { recursive: true });
  cpSync(realpathSync(pinnedNode), join(services, 'node'));
  for (const target of ['installer', 'postgres', 'clamav', 'caddy'])
    await step(`In place of the image of ${target}: Debian’s`, () =>
      podman([
        ...[
          'build',
          '--target',
          target,
          '--tag',
          `${basePrefix}/${target}:latest`,
          '--build-arg',
          `BASE=${base}`,
        ],
        ...['--file', join(services, 'services.Containerfile'), services],
      ]),
    );
  for (const target of ['portal', 'responder', 'authorities', 'signer'])
    await step(`Image of ${target}`, () =>
      podman([
        ...[
          'build',
          '--target',
          target,
          '--tag',
          `${imagePrefix}/${target}:latest`,
          '--build-arg',
          `BASE=${base}`,
          ...['--build-arg', `INSTALLER=${basePrefix}/installer:latest`],
        ],
        ...['--file', join(work, 'containers', 'Containerfile'), release],
      ]),
    );
}

async function takeAway(place: string): Promise<void> {
  // Its layers are mounts and files of other users: podman removes them itself.
  await openPodman(place)(['system', 'reset', '--force']).catch(() => undefined);
  rmSync(join(place, 'work'), { recursive: true, force: true });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
