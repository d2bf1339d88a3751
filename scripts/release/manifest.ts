/** package.json and package-lock.json of a release: what runs it, and nothing that only builds or tests. Pure. */
import { nodeFlags } from '../processes/program.ts';
import { startable } from '../processes/list.ts';

export type Manifest = Readonly<Record<string, unknown>>;

interface LockEntry {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}
type LockEntries = Readonly<Record<string, LockEntry>>;

/** → package.json and lock file of a release: the project's own, with every version and digest, less what is for development alone. */
export function releaseManifest(
  project: Manifest,
  lock: Manifest,
  version: string,
): { readonly manifest: Manifest; readonly lock: Manifest } {
  const { name, description, license, type, dependencies, optionalDependencies, overrides, allowScripts } =
    project;
  const manifest = {
    name,
    version,
    private: true,
    description,
    license,
    type,
    bin: { countersign: 'dist/countersign.js' },
    engines: { node: '>=20' },
    scripts: {
      'build:native': 'node deploy/build-native.mjs',
      ...Object.fromEntries(startable.map((process) => [process, commandOf(process)])),
      ...asGuidesCallThem(project['scripts'] as Manifest),
    },
    dependencies,
    optionalDependencies,
    overrides: kept(overrides as Manifest, dependencies as Manifest),
    allowScripts: { pkcs11js: (allowScripts as Manifest)['pkcs11js'] },
  };
  const packages = reachable(lock['packages'] as LockEntries, [
    ...Object.keys(dependencies as Manifest),
    ...Object.keys(optionalDependencies as Manifest),
  ]);
  const root = {
    name,
    version,
    license,
    dependencies,
    bin: manifest.bin,
    engines: manifest.engines,
    optionalDependencies,
  };
  return {
    manifest,
    lock: {
      name,
      version,
      lockfileVersion: lock['lockfileVersion'],
      requires: true,
      packages: { '': root, ...packages },
    },
  };
}

/**
 * The entries that packages of these names lead to, in the lock file's order. Packages that another one merely goes along with where they
 * are installed (optional peers) are none of them, although npm counts them among what a checkout needs.
 */
function reachable(entries: LockEntries, names: readonly string[]): LockEntries {
  const found = new Set<string>();
  const waiting = names.map((name) => ({ from: '', name }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const path = resolvePackage(entries, next.from, next.name);
    if (path === null || found.has(path)) continue;
    found.add(path);
    const { dependencies = {}, optionalDependencies = {}, ...entry } = entries[path] ?? {};
    const { peerDependencies = {}, peerDependenciesMeta = {} } = entry;
    const peers = Object.keys(peerDependencies).filter(
      (peer) => peerDependenciesMeta[peer]?.optional !== true,
    );
    for (const name of [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers])
      waiting.push({ from: path, name });
  }
  return Object.fromEntries(
    Object.entries(entries)
      .filter(([path]) => found.has(path))
      .map(([path, { dev: _dev, devOptional = false, ...entry }]) => [
        path,
        devOptional ? { ...entry, optional: true } : entry,
      ]),
  );
}

/** As Node.js looks for a package: beside the one that asks, then further out. */
function resolvePackage(entries: LockEntries, from: string, name: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (path in entries) return path;
    if (folder === '') return null;
  }
}

/** Overrides of packages that a release has. */
function kept(overrides: Manifest, dependencies: Manifest): Manifest {
  return Object.fromEntries(Object.entries(overrides).filter(([name]) => name in dependencies));
}

const commandOf = (process: (typeof startable)[number]): string =>
  ['node', ...nodeFlags(process), `dist/${process}.js`].join(' ');

/** The guides are the same for a checkout and a release: what they have operators run by `npm run` has the same name in both. */
function asGuidesCallThem(scripts: Manifest): Readonly<Record<string, string>> {
  const called: [string, (typeof startable)[number]][] = [['db:migrate', 'migrate']];
  for (const [name, command] of Object.entries(scripts)) {
    const [, started] = / scripts\/run-process\.ts ([a-z-]+)$/.exec(String(command)) ?? [];
    const process = startable.find((one) => one === started);
    if (process !== undefined && process !== name) called.push([name, process]);
  }
  return Object.fromEntries(called.map(([name, process]) => [name, commandOf(process)]));
}
