/** The countersign command as a package of its own, which needs Node.js and nothing from a registry. */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { buildProcess } from '../processes/build.ts';
import { processes } from '../processes/list.ts';
import { closureOf, installedPackages } from './closure.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const launcher = join(root, 'cli', 'countersign.mjs');

/** Not needed to run a package, and most of its size. */
const leftOut = /\.(?:map|[cm]?ts)$/;

const readme = `# countersign

The command of Countersign: writes and checks signing policies, asks for signatures, approves them with an SSH key and fetches
the results. \`countersign help\` says all. Approving needs ssh-keygen, and \`plan\` needs git.
`;

/** Makes `output`/countersign/ and packs it → path of the tarball. What was in that folder before is removed. */
export async function packCommand(output: string): Promise<string> {
  const folder = join(output, 'countersign');
  await rm(folder, { recursive: true, force: true });
  const { files, packages } = await closureOf([launcher]);
  for (const [file, { text }] of files) {
    const target = join(folder, relative(root, file).replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  await chmod(join(folder, relative(root, launcher)), 0o755);
  await bringInspector(join(folder, childrensFolder));
  const installed = await installedPackages(root, packages);
  for (const [name, { folder: from }] of installed) {
    await cp(from, join(folder, 'node_modules', name), {
      recursive: true,
      dereference: true,
      filter: (path) => !leftOut.test(basename(path)),
    });
  }
  for (const name of installed.keys()) await bringLicence(join(folder, 'node_modules', name));
  await writeFile(
    join(folder, 'package.json'),
    `${JSON.stringify(await manifest(packages, installed), null, 2)}\n`,
  );
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  await writeFile(join(folder, 'README.md'), readme);
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', output, folder], {
    cwd: output,
    maxBuffer: 16 * 1024 * 1024,
  });
  return join(output, basename(stdout.trim().split('\n').at(-1) ?? ''));
}

/** Where what starts the inspector looks for it: beside itself (signer/own-code). */
const childrensFolder = join('signer', 'own-code');

/** The inspector as the signer runs it, the same bytes: `preflight` starts it. It holds no packages. */
async function bringInspector(folder: string): Promise<void> {
  for (const name of ['inspector', 'inspector-lockdown'] as const) {
    await buildProcess(name, processes[name], folder);
    await rm(join(folder, `${name}.packages.json`));
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
}

/** Licences that ask for an address and no text, or for nothing (CC BY 3.0, 4(a); CC0 1.0, 2). */
const addresses: Readonly<Record<string, string>> = {
  'CC-BY-3.0': 'https://creativecommons.org/licenses/by/3.0/',
  'CC0-1.0': 'https://creativecommons.org/publicdomain/zero/1.0/',
};

/** A package without a licence text (an oversight of its makers) gets that of the licence that its manifest names. */
async function bringLicence(folder: string): Promise<void> {
  if ((await readdir(folder)).some((name) => /^licen[cs]e/i.test(name))) return;
  const { name, license, repository } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly name?: unknown;
    readonly license?: unknown;
    readonly repository?: unknown;
  };
  const address = typeof license === 'string' ? addresses[license] : undefined;
  if (address !== undefined) {
    const origin = typeof repository === 'string' ? ` (${repository})` : '';
    await writeFile(
      join(folder, 'LICENSE'),
      `${String(name)}${origin} is under ${String(license)}: ${address}\n`,
    );
    return;
  }
  if (license !== 'Apache-2.0') {
    throw new Error(`${folder} holds no licence text and says ${String(license)}: it can’t be given away`);
  }
  await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}

async function manifest(
  packages: ReadonlySet<string>,
  installed: ReadonlyMap<string, { readonly version: string }>,
): Promise<Record<string, unknown>> {
  const { version, license } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly license: string;
  };
  const names = [...packages].sort();
  return {
    name: 'countersign',
    version,
    // So that nobody publishes it by mistake; it can still be installed.
    private: true,
    description: 'Write signing policies, ask for signatures, approve them, fetch the results.',
    license,
    type: 'module',
    bin: { countersign: 'cli/countersign.mjs' },
    engines: { node: '>=22.18' },
    dependencies: Object.fromEntries(names.map((name) => [name, installed.get(name)?.version ?? ''])),
    bundleDependencies: names,
  };
}
