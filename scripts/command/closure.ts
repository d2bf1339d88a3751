/** Which files and packages a program consists of: its imports, followed to the end. */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

export interface ProgramFile {
  /** As JavaScript: types are blanks, so that lines and columns are those of the source; imports name .js files. */
  readonly text: string;
}

export interface Closure {
  /** By absolute path of the source. */
  readonly files: ReadonlyMap<string, ProgramFile>;
  /** Names of packages that are imported directly. */
  readonly packages: ReadonlySet<string>;
}

/** Entry files (absolute paths) → everything they import, dynamic imports included. JSON files aren't followed. */
export async function closureOf(entries: readonly string[]): Promise<Closure> {
  const files = new Map<string, ProgramFile>();
  const packages = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    const source = await readFile(file, 'utf8');
    const javascript = file.endsWith('.ts') ? stripTypeScriptTypes(source) : source;
    // Positions are those of the specifier between its quotes.
    const { importedFiles } = ts.preProcessFile(javascript, true, true);
    let text = javascript;
    for (const { fileName, pos } of importedFiles.toSorted((a, b) => b.pos - a.pos)) {
      const imported = fromHere(fileName, file);
      if (!imported.startsWith('.')) {
        if (!imported.startsWith('node:')) packages.add(packageName(imported));
        continue;
      }
      if (!imported.endsWith('.json')) waiting.push(resolve(dirname(file), imported));
      const start = javascript.indexOf(fileName, pos);
      const renamed = imported.replace(/\.ts$/, '.js');
      text = `${text.slice(0, start)}${renamed}${text.slice(start + fileName.length)}`;
    }
    files.set(file, { text });
  }
  return { files, packages };
}

const core = join(import.meta.dirname, '..', '..', 'lib', 'core');
const coreAlias = '#core/';

/** `#core/…`, which package.json maps for this repository alone, as a relative path; everything else as it is. */
function fromHere(specifier: string, file: string): string {
  if (!specifier.startsWith(coreAlias)) return specifier;
  const path = relative(dirname(file), join(core, specifier.slice(coreAlias.length))).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** `@scope/name/path` → `@scope/name`. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Packages and all that they depend on → folder of each below `root`/node_modules, as installed there, with version. */
export async function installedPackages(
  root: string,
  names: Iterable<string>,
): Promise<ReadonlyMap<string, { readonly folder: string; readonly version: string }>> {
  const found = new Map<string, { folder: string; version: string }>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    const folder = join(root, 'node_modules', name);
    const manifest = await manifestOf(folder);
    if (manifest === null) continue; // it lies inside the package that needs another version of it, and goes with it
    found.set(name, { folder, version: manifest.version });
    waiting.push(...Object.keys(manifest.dependencies ?? {}));
  }
  return found;
}

async function manifestOf(folder: string): Promise<Manifest | null> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
