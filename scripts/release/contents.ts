/** What a release holds: built processes, the portal's build, and what people read and install beside them. No sources. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { processNames } from '../processes/list.ts';
import { releaseManifest, type Manifest } from './manifest.ts';
import { ReleaseError } from './error.ts';

/** Copied as they are. */
const asTheyAre = [
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'deploy',
  'docs',
  'next.config.mjs',
  'prisma/grants.sql',
  'prisma/migrations',
  'prisma/roles.sql',
  'prisma/schema.prisma',
  'schemas',
];

/** Of Next.js's build: what only building needs, and what says when and where it was built. */
const notOfTheBuild = new Set([
  'cache',
  'countersign-inputs',
  'dev',
  'diagnostics',
  'lock',
  'trace',
  'trace-build',
  'turbopack',
  'types',
]);

const isTest = (path: string): boolean => /\.test\.[a-z]+$/.test(path);

/**
 * Puts the release together in `folder`, which is made; `root` is a project whose processes and portal are built, `known` are the files that its
 * repository has: what else lies there, such as what git ignores, is this machine's.
 */
export async function stageRelease(
  root: string,
  folder: string,
  { version, known }: { readonly version: string; readonly known: readonly string[] },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const path of asTheyAre) {
    const files = known.filter((file) => (file === path || file.startsWith(`${path}/`)) && !isTest(file));
    if (files.length === 0) throw new ReleaseError('UNEXPECTED', `The repository has no ${path}.`);
    for (const file of files) await cp(join(root, file), join(folder, file));
  }
  await stageProcesses(join(root, 'dist'), join(folder, 'dist'));
  await stagePortal(join(root, '.next'), join(folder, '.next'));
  // The portal's build makes these pages anew, of the guides above.
  await cp(join(root, 'public', 'docs'), join(folder, 'public', 'docs'), { recursive: true });
  await withoutPlace(root, join(folder, '.next'));
  const { manifest, lock } = releaseManifest(
    await readJson(join(root, 'package.json')),
    await readJson(join(root, 'package-lock.json')),
    version,
  );
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(folder, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
}

async function readJson(file: string): Promise<Manifest> {
  return JSON.parse(await readFile(file, 'utf8')) as Manifest;
}

async function stageProcesses(dist: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });

  const names = processNames.flatMap((name) => [`${name}.js`, `${name}.js.map`, `${name}.packages.json`]);
  for (const name of ['package.json', ...names]) await cp(join(dist, name), join(folder, name));
}

/** Maps of the pages' code to the sources, five sixths of all, and lists of files for whoever copies parts of node_modules. */
const onlyForBuilders = /\.(?:map|nft\.json)$/;

async function stagePortal(from: string, folder: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (notOfTheBuild.has(name)) continue;
    await cp(join(from, name), join(folder, name), {
      recursive: true,
      // Turbopack links to packages by relative paths; otherwise Node.js makes them paths of this machine.
      verbatimSymlinks: true,
      filter: (path) => !onlyForBuilders.test(path),
    });
  }
  // Empty: the unit puts a folder of its own there.
  await mkdir(join(folder, 'cache'));
  await withoutDrawnKeys(join(folder, 'prerender-manifest.json'));
}

/** Next.js notes where it built. Nobody reads that where the build runs, and it would make each builder's bytes differ. */
async function withoutPlace(root: string, folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^required-server-files\.js(?:on)?$/.test(name)) continue;
    const text = await readFile(join(folder, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll(root, '/opt/countersign/current'));
  }
}

/**
 * Next.js draws keys for its preview mode while it builds. The portal doesn't use that mode and drops whatever asks for it
 * (lib/platform/http-edge), so these keys are nobody's secret: here they are the same in every build of the same sources.
 */
async function withoutDrawnKeys(file: string): Promise<void> {
  const found = JSON.parse(await readFile(file, 'utf8')) as { preview?: Record<string, unknown> };
  const { preview } = found;
  if (preview === undefined || typeof preview['previewModeId'] !== 'string')
    throw new ReleaseError('UNEXPECTED', `${basename(dirname(file))}/${basename(file)} has no preview keys`);
  const zeros = (value: unknown): string => '0'.repeat(typeof value === 'string' ? value.length : 0);
  const fixed = Object.fromEntries(Object.entries(preview).map(([name, value]) => [name, zeros(value)]));
  await writeFile(file, JSON.stringify({ ...found, preview: fixed }));
}
