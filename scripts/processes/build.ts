/** Builds one process: one JavaScript file, its source map, and the list of what it holds. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { rolldown, type OutputChunk } from 'rolldown';
import { distFolder, projectRoot } from './built.ts';
import { checkContents, contentsOf, maybeAbsent, native, type Contents } from './contents.ts';
import { ProcessBuildError } from './error.ts';
import type { ProcessSource } from './list.ts';

export interface BuiltProcess {
  readonly contents: Contents;
  /** Own files that it was made from, those too of which nothing is left in it; from the project's root. */
  readonly inputs: readonly string[];
  /** SHA-256 of the built file. */
  readonly sha256: string;
}

/**
 * Writes `<name>.js`, `<name>.js.map` and `<name>.packages.json` into `folder`, the same bytes wherever that is. Throws
 * ProcessBuildError: BUILD_FAILED for code that can't be bundled, NOT_ALLOWED for what the process must not hold.
 */
export async function buildProcess(
  name: string,
  source: ProcessSource,
  folder: string,
): Promise<BuiltProcess> {
  const { code, map, chunk, importers } = await bundled(name, source);
  const contents = contentsOf(name, source, chunk, projectRoot);
  checkContents(contents, source, (test) => wayTo([...importers.keys()].find(test), importers));
  await mkdir(folder, { recursive: true });
  const write = (ending: string, text: string): Promise<void> =>
    writeFile(join(folder, `${name}.${ending}`), text);
  await write('js', code);
  await write('js.map', map);
  await write('packages.json', `${JSON.stringify(contents, null, 2)}\n`);
  const sha256 = createHash('sha256').update(code).digest('hex');
  return { contents, inputs: ownFiles(importers.keys()), sha256 };
}

interface Bundled {
  readonly code: string;
  readonly map: string;
  readonly chunk: OutputChunk;
  /** Module → who imports it. */
  readonly importers: ReadonlyMap<string, readonly string[]>;
}

async function bundled(name: string, source: ProcessSource): Promise<Bundled> {
  const problems: string[] = [];
  const importers = new Map<string, readonly string[]>();
  const outside = [...(source.outside ?? []), ...native, ...maybeAbsent];
  try {
    await using bundle = await rolldown({
      input: resolve(projectRoot, source.entry),
      cwd: projectRoot,
      platform: 'node',
      // `#core/…` is in package.json, and types are blanked out without one.
      tsconfig: false,
      external: (id) => isBuiltin(id) || outside.some((name) => id === name || id.startsWith(`${name}/`)),
      onLog: (level, { message }) => {
        if (level === 'warn') problems.push(message);
      },
      plugins: [
        {
          name: 'who-imports-whom',
          buildEnd() {
            for (const id of this.getModuleIds()) {
              const { importers: one = [], dynamicImporters = [] } = this.getModuleInfo(id) ?? {};
              importers.set(id, [...one, ...dynamicImporters]);
            }
          },
        },
      ],
    });
    const { output } = await bundle.generate({
      format: source.isScript === true ? 'cjs' : 'esm',
      // Whoever audits it reads what the sources say, and stack traces name functions and classes.
      minify: false,
      codeSplitting: false,
      sourcemap: true,
      sourcemapExcludeSources: true,
      entryFileNames: `${name}.js`,
      // As from dist/, wherever it is written to.
      sourcemapPathTransform: (path) => relative(distFolder, resolve(distFolder, path)).replaceAll('\\', '/'),
    });
    const [chunk, ...more] = output.filter((chunk) => chunk.type === 'chunk');
    if (more.length > 0) problems.push('it takes more than one file');
    if (chunk !== undefined && chunk.map !== null && problems.length === 0)
      return { code: chunk.code, map: chunk.map.toString(), chunk, importers };
  } catch (cause) {
    problems.push(stripVTControlCharacters(cause instanceof Error ? cause.message : String(cause)));
  }
  throw new ProcessBuildError('BUILD_FAILED', `${name} can’t be built: ${problems.join('\n')}`);
}

const ownFiles = (ids: Iterable<string>): readonly string[] =>
  [...ids]
    .filter((id) => isAbsolute(id) && !id.includes('/node_modules/'))
    .map((id) => relative(projectRoot, id))
    .sort();

/** How a module came to be in the process, for a refusal’s words: from the entry, file by file. */
function wayTo(found: string | undefined, importers: ReadonlyMap<string, readonly string[]>): string {
  if (found === undefined) return '';
  const way = [found];
  for (let at: string | undefined = found; at !== undefined;) {
    at = (importers.get(at) ?? []).find((importer) => !way.includes(importer));
    if (at !== undefined) way.unshift(at);
  }
  return ` (${way.map((id) => relative(projectRoot, id)).join(' → ')})`;
}
