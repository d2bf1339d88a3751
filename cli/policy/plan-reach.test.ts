/**
 * The plan can't write: from its modules no import leads to one that could. The graph is walked file by file,
 * with the imports as they stand after type stripping.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');
const pure = path.join(root, 'lib', 'core', 'policy', 'plan', 'index.ts');
const command = path.join(root, 'cli', 'policy', 'plan.ts');

interface Import {
  readonly names: string;
  readonly from: string;
}

interface Reach {
  readonly files: ReadonlySet<string>;
  /** Built-in modules with the names taken from them. */
  readonly builtins: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
}

function importsOf(source: string): readonly Import[] {
  const stripped = stripTypeScriptTypes(source);
  const found = stripped.matchAll(/^\s*(?:import|export)\s+(?:([\w*{},\s$]+?)\s+from\s+)?'([^']+)';/gm);
  return [...found].map(([, names = '*', from = '']) => ({ names, from }));
}

function reach(entry: string): Reach {
  const files = new Set<string>();
  const builtins = new Set<string>();
  const packages = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const { names, from } of importsOf(readFileSync(file, 'utf8'))) {
      if (from.startsWith('.')) waiting.push(path.resolve(path.dirname(file), from));
      else if (from.startsWith('#core/')) waiting.push(path.join(root, 'lib', 'core', from.slice(6)));
      else if (from.startsWith('node:')) {
        for (const name of names.replaceAll(/[{}]/g, '').split(',')) {
          if (name.trim() !== '') builtins.add(`${from} ${name.trim()}`);
        }
      } else packages.add(from);
    }
  }
  return { files, builtins, packages };
}

const relative = (file: string): string => path.relative(root, file);
/** Ways around an import statement, and what Node offers without one. */
const sideDoors =
  /\b(?:fetch|WebSocket|EventSource|XMLHttpRequest|eval|require|createRequire|getBuiltinModule|binding|dlopen)\s*\(|\bimport\s*\(|\bnew\s+(?:Function|Worker|WebSocket)\b/;

/** Parsers of text and of cryptographic structures: none of them opens a file, a socket or a process. */
const harmlessPackages = [
  '@peculiar/x509',
  '@rgrove/parse-xml',
  '@sigstore/bundle',
  '@sigstore/protobuf-specs',
  '@sigstore/verify',
  'ajv/dist/2020.js',
  'reflect-metadata',
  'spdx-expression-parse',
  'yaml',
  'zod',
];

describe.each([
  ['the plan', pure],
  ['its command', command],
])('%s', (_, entry) => {
  const { files, packages } = reach(entry);

  test('is followed completely', () => {
    expect(files.size).toBeGreaterThan(60);
    expect([...files].map(relative)).toContain('lib/core/policy/load-snapshot.ts');
  });

  test('reaches only packages that are known to read and write nothing', () => {
    expect([...packages].filter((name) => !harmlessPackages.includes(name))).toEqual([]);
  });

  test('has no other ways in: dynamic imports, network globals, code from strings', () => {
    const open = [...files].filter((file) => {
      const withoutComments = stripTypeScriptTypes(readFileSync(file, 'utf8')).replaceAll(
        /\/\*[^]*?\*\/|^\s*\/\/.*$/gm,
        '',
      );
      return sideDoors.test(withoutComments);
    });
    expect(open.map(relative)).toEqual([]);
  });
});

/** Bytes and text in memory, and nothing outside: formats, whose records the plan asks for words, compress and digest. */
const pureModules = ['node:crypto', 'node:events', 'node:util', 'node:zlib'];
const isPure = (name: string): boolean => pureModules.includes(name.split(' ')[0] ?? '');

test('the plan itself does no input or output at all', () => {
  expect([...reach(pure).builtins].filter((builtin) => !isPure(builtin))).toEqual([]);
});

test('its command reads files and starts git, and can do nothing else', () => {
  const own = [...reach(command).builtins].filter((builtin) => !isPure(builtin));
  expect(own.sort()).toEqual(['node:child_process spawn', 'node:fs createReadStream']);
});

test('the only process it can start is git with a command that reads', () => {
  const files = [...reach(command).files];
  const importers = (of: (from: string) => boolean) =>
    files
      .filter((file) => importsOf(readFileSync(file, 'utf8')).some((imported) => of(imported.from)))
      .map(relative)
      .filter((file) => file !== 'lib/host/git/index.ts');
  expect(importers((from) => from === 'node:child_process')).toEqual(['lib/host/git/run-git.ts']);
  const runner = readFileSync(path.join(root, 'lib', 'host', 'git', 'run-git.ts'), 'utf8');
  expect(runner.match(/\bspawn\([^,]*,/g)).toEqual(['spawn(program,']);
  expect(runner).toContain("const [program, ...first] = [...bounded, 'git'];");
  expect(runner).toContain(`['/bin/sh', '-c', 'ulimit -f "$0" && exec "$@"',`);
  expect(importers((from) => /run-git|host\/git/.test(from))).toEqual(['cli/policy/git.ts']);
  const source = readFileSync(path.join(root, 'cli', 'policy', 'git.ts'), 'utf8');
  const [, commands = ''] = /type GitReadCommand = ([^;]+);/.exec(source) ?? [];
  expect(commands.match(/[a-z-]+/g)).toEqual(['rev-parse', 'ls-tree', 'cat-file']);
});

test('the walk detects a module that writes', () => {
  const { builtins } = reach(path.join(root, 'cli', 'approve.ts'));
  expect(builtins).toContain('node:fs/promises writeFile');
});
