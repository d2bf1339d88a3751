/** What a built process holds: packages with version, licence and bytes, own files, and what it loads as it runs. */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import type { OutputChunk } from 'rolldown';
import { z } from 'zod';
import { ProcessBuildError } from './error.ts';
import type { ProcessSource } from './list.ts';

const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  licence: z.string(),
  /** In the built file; 0: it stays in node_modules. */
  bytes: z.int().min(0),
});
export const contentsSchema = z.object({
  process: z.string(),
  entry: z.string(),
  /** Of the whole built file. */
  bytes: z.int(),
  packages: z.array(packageSchema),
  /** Names of packages that are loaded from node_modules as it runs. They stand in `packages`, too. */
  outside: z.array(z.string()),
  /** Modules of Node.js. */
  builtins: z.array(z.string()),
  own: z.array(z.object({ file: z.string(), bytes: z.int() })),
});
/** `<process>.packages.json`. */
export type Contents = z.infer<typeof contentsSchema>;

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** Native code: it can’t be in a JavaScript file. Which process may load it as it runs stands in the list. */
export const native = ['pkcs11js'];
/** Asked for by a package that does without it where it isn’t installed. */
export const maybeAbsent = ['pg-native'];

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** `/…/node_modules/a/node_modules/@b/c/lib/d.js` → `/…/node_modules/a/node_modules/@b/c`; null: own code. */
function packageFolder(id: string): string | null {
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? null;
}

/** `@scope/name/path` → `@scope/name`. */
const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function packageIn(folder: string, bytes: number): z.infer<typeof packageSchema> {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  const { name, version, license } = manifestSchema.parse(JSON.parse(text));
  return { name, version, licence: license, bytes };
}

export function contentsOf(
  name: string,
  { entry }: ProcessSource,
  { code, modules, imports, dynamicImports }: OutputChunk,
  root: string,
): Contents {
  const own = new Map<string, number>();
  const folders = new Map<string, number>();
  for (const [id, module] of Object.entries(modules)) {
    const bytes = Buffer.byteLength(module.code ?? '');
    // Virtual modules are the bundler's own few lines.
    if (bytes === 0 || id.startsWith('\0')) continue;
    const folder = packageFolder(id);
    if (folder === null) own.set(relative(root, id), bytes);
    else folders.set(folder, (folders.get(folder) ?? 0) + bytes);
  }
  const required = [...code.matchAll(/\b__require\("([^"]+)"\)/g)].map(([, specifier = '']) => specifier);
  // What it imports later lies in the file itself.
  const loaded = [...imports, ...dynamicImports, ...required].filter((file) => file !== `${name}.js`);
  const outside = sorted(loaded.filter((specifier) => !isBuiltin(specifier)).map(packageName)).filter(
    (file) => !maybeAbsent.includes(file) || isInstalled(root, file),
  );
  return {
    process: name,
    entry,
    bytes: Buffer.byteLength(code),
    packages: [
      ...[...folders].map(([folder, bytes]) => packageIn(folder, bytes)),
      ...outside.map((file) => packageIn(join(root, 'node_modules', file), 0)),
    ].sort((a, b) => byName([`${a.name}@${a.version}`, 0], [`${b.name}@${b.version}`, 0])),
    outside,
    builtins: sorted(loaded.filter((file) => isBuiltin(file)).map((file) => file.replace(/^node:/, ''))),
    own: [...own].sort(byName).map(([file, bytes]) => ({ file, bytes })),
  };
}

function isInstalled(root: string, name: string): boolean {
  try {
    packageIn(join(root, 'node_modules', name), 0);
    return true;
  } catch {
    return false;
  }
}

/** Throws NOT_ALLOWED where a process holds what it must not hold. `via` says how a file came to be in it. */
export function checkContents(
  contents: Contents,
  { only, never = [], outside = [] }: ProcessSource,
  via: (test: (file: string) => boolean) => string,
): void {
  const { packages, own, builtins } = contents;
  const refuse = (what: string, held: string, inFolder: (file: string) => boolean): never => {
    throw new ProcessBuildError(
      'NOT_ALLOWED',
      `${contents.process} may not hold ${what} ${held}${via(inFolder)}. Take the import away; what a process may hold stands in scripts/processes/list.ts.`,
    );
  };
  for (const { name } of packages) {
    if (never.includes(name) || only?.packages.includes(name) === false)
      refuse('the package', name, (file) => file.includes(`/node_modules/${name}/`));
  }
  for (const name of contents.outside) {
    if (!outside.includes(name)) refuse('at run time the package', name, () => false);
  }
  if (only === undefined) return;
  for (const { file } of own) {
    if (!only.folders.some((folder) => file.startsWith(folder)))
      refuse('the file', file, (bundled) => bundled.endsWith(`/${file}`));
  }
  for (const name of builtins) {
    if (!only.builtins.includes(name)) refuse('the module of Node.js', name, () => false);
  }
}
