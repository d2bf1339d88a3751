/** Every command that a guide, a page or a message shows exists, with the options that are shown. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../cli/commands.ts';
import { processes } from '../../../scripts/processes/list.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Programs that have a parseArgs of their own: script → the files where its options may be. */
const sourcesOf = (script: string): readonly string[] => {
  const [, file = '', name = ''] = /\bnode (\S+\.(?:ts|mjs))(?: (\S+))?/.exec(scripts[script] ?? '') ?? [];
  const built = Object.entries(processes).find(([one]) => file === 'scripts/run-process.ts' && one === name);
  if (built !== undefined) return sourcesAt(built[1].entry);
  if (file === '') return [];
  const program = file === 'scripts/bootstrap.mjs' ? bootstrapped(name) : file;
  return sourcesAt(program);
};

/** What scripts/bootstrap.mjs runs by this name. */
function bootstrapped(name: string): string {
  const text = readFileSync(join(root, 'scripts/bootstrap.mjs'), 'utf8');
  const [, program] = new RegExp(`^ {2}'?${name}'?: '(\\S+[.]ts)',$`, 'm').exec(text) ?? [];
  if (program === undefined) throw new Error(`scripts/bootstrap.mjs runs nothing by the name ${name}`);
  return program;
}

/** Where a service's options are, which all have the same. */
const ofServices = 'signer/ground/service/run-service.ts';

function sourcesAt(program: string): readonly string[] {
  const beside = join(dirname(program), 'usage.mjs');
  const isService = readFileSync(join(root, program), 'utf8').includes('runService(');
  return [program, ...(existsSync(join(root, beside)) ? [beside] : []), ...(isService ? [ofServices] : [])];
}

interface Shown {
  readonly place: string;
  readonly words: readonly string[];
}

const documents = globSync(['*.md', 'docs/**/*.md', 'policies/**/*.md'], { cwd: root }).filter(
  // Says what was, also what isn't any more.
  (file) => file !== 'CHANGELOG.md',
);
const sources = globSync(['app/**/*.{ts,tsx}', 'lib/**/*.ts', 'cli/**/*.ts', 'signer/**/*.ts'], {
  cwd: root,
}).filter((file) => !/\.test\.ts$|generated/.test(file));

/** Lines of code in a document: in fences, and between backticks. Continued lines are one. */
function codeOf(text: string): readonly { readonly line: number; readonly code: string }[] {
  const found: { line: number; code: string }[] = [];
  let fenced = false;
  let open: { line: number; code: string } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*```/.test(line)) {
      fenced = !fenced;
      open = null;
    } else if (fenced) {
      if (open !== null) open.code += ` ${line}`;
      else found.push((open = { line: index + 1, code: line }));
      if (open.code.endsWith('\\')) open.code = open.code.slice(0, -1);
      else open = null;
    } else {
      for (const [, code = ''] of line.matchAll(/`([^`]+)`/g)) found.push({ line: index + 1, code });
    }
  }
  return found;
}

/** The words of one command: up to a comment, a pipe, a redirection or the next command. */
const wordsOf = (text: string): readonly string[] =>
  (text.split(/\s#\s|[|;&<>`]|\$\(/)[0] ?? '').trim().split(/\s+/).filter(Boolean);

function shownIn(file: string): readonly Shown[] {
  const text = readFileSync(join(root, file), 'utf8');
  const lines = file.endsWith('.md')
    ? codeOf(text)
    : text.split('\n').map((code, index) => ({ line: index + 1, code }));
  return lines.flatMap(({ line, code }) => {
    const starts = [...code.matchAll(/(?<![\w@/.=-])(?:npm (?:run|test)\b|countersign (?=[a-z]))/g)];
    return starts.map(({ index }) => ({ place: `${file}:${line}`, words: wordsOf(code.slice(index)) }));
  });
}

const flagsIn = (words: readonly string[]): readonly string[] =>
  words.flatMap((word) => /^[[(]*--([a-z][a-z-]*)/.exec(word)?.[1] ?? []);

/** null: as it should be. */
function fault({ place, words }: Shown, isDocument: boolean): string | null {
  const [program = '', ...rest] = words;
  if (program === 'npm') {
    const isTest = rest[0] === 'test';
    const [script = '', ...args] = isTest ? rest : rest.slice(1).filter((word) => word !== '--silent');
    if (!/^[a-z:-]+$/.test(script)) return null;
    if (scripts[script] === undefined) return `${place}: there is no script ${script}`;
    const given = args.slice(args.indexOf('--') + 1);
    if (script === 'countersign') return ownFault(place, given);
    const known = sourcesOf(script).map((file) => readFileSync(join(root, file), 'utf8'));
    if (isTest || known.length === 0) return null;
    const unknown = flagsIn(given).find(
      (name) =>
        !known.some((text) => new RegExp(`['"]?\\b${name}['"]?: (?:\\{ type|\\w+[,\\n}])`).test(text)),
    );
    return unknown === undefined ? null : `${place}: ${script} has no option --${unknown}`;
  }
  // In prose of the sources, “countersign” is also the program's name.
  const isCommand = isDocument || commands.has(rest[0] ?? '') || firstOf(rest[0] ?? '') !== undefined;
  return isCommand ? ownFault(place, rest) : null;
}

/** Of a command of two words, when a text has the first alone. */
const firstOf = (verb: string): readonly string[] | undefined =>
  [...commands].find(([command]) => command.startsWith(`${verb} `))?.[1];

function ownFault(place: string, [verb = '', ...args]: readonly string[]): string | null {
  if (verb === '') return null; // the beginning of a command, for a sentence about all of them
  const pair = [verb, ...args.slice(0, 1)].join(' ').replace(/['’).,:;]+.*$/, '');
  const isPair = [...commands.keys()].some((command) => command.startsWith(`${verb} `));
  const isWhole = isPair && /^[a-z]/.test(args[0] ?? '');
  const name = isWhole ? pair : verb.replace(/['’).,:;]+.*$/, '');
  const known = commands.get(name) ?? (isWhole ? undefined : firstOf(name));
  if (known === undefined) return `${place}: there is no command ${name}`;
  const unknown = flagsIn(args).find((flag) => !known.includes(flag));
  return unknown === undefined ? null : `${place}: ${name} has no option --${unknown}`;
}

describe('commands that are shown', () => {
  const inDocuments = documents.flatMap(shownIn);
  const inSources = sources.flatMap(shownIn);

  it('are found', () => {
    expect(inDocuments.length).toBeGreaterThan(60);
    expect(inSources.length).toBeGreaterThan(10);
    expect(inDocuments.map(({ words }) => words.slice(0, 3).join(' '))).toContain('npm run demo');
  });

  it('exist in documents', () => {
    expect(
      inDocuments.map((document) => fault(document, true)).filter((message) => message !== null),
    ).toEqual([]);
  });

  it('exist in pages and messages', () => {
    expect(inSources.map((source) => fault(source, false)).filter((message) => message !== null)).toEqual([]);
  });

  it.each([
    ['npm run countersign -- verify x', 'there is no command verify'],
    ['npm run nothing', 'there is no script nothing'],
    ['npm run responder -- --configuration x', 'responder has no option --configuration'],
    ['npm run ceremony -- hold --configuration x', 'ceremony has no option --configuration'],
    ['countersign status x --wait', 'status has no option --wait'],
    ['countersign tokens rotate', 'there is no command tokens rotate'],
  ])('are found out where they don’t: %s', (text, said) => {
    expect(fault({ place: 'x.md:1', words: wordsOf(text) }, true)).toBe(`x.md:1: ${said}`);
  });
});

describe('links between documents', () => {
  it('lead to files that exist', () => {
    const broken = documents.flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
      return targets
        .filter((target) => !/^[a-z]+:/.test(target) && !target.startsWith('/'))
        .filter((target) => globSync(join(root, file, '..', target)).length === 0)
        .map((target) => `${file}: ${target}`);
    });
    expect(broken).toEqual([]);
  });
});
