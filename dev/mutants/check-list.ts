/** Whether the list matches the current code: checked for every guard in about a second, before anything slow. */
import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { projectDirectory } from '../stack/index.ts';
import { isOfDatabase, type Mutant } from './mutant.ts';
import { escapePattern } from './run-test.ts';

const textOf = (file: string, folder = projectDirectory): string => readFileSync(join(folder, file), 'utf8');

/** The file's text without the guard. @throws Error where the guard isn't there exactly once */
export function broken({ file, find, replace }: Mutant, folder = projectDirectory): string {
  if (!existsSync(join(folder, file))) throw new Error(`${file} is gone:\n    ${find}`);
  const parts = textOf(file, folder).split(find);
  if (parts.length !== 2) {
    throw new Error(`${file} holds the guard ${parts.length - 1} times, not once:\n    ${find}`);
  }
  return parts.join(replace);
}

/** One line or several for each guard that the code, or the named test's file, no longer has; none where all fit. */
export function listProblems(mutants: readonly Mutant[]): readonly string[] {
  const seen = new Set<string>();
  return mutants.flatMap((mutant) => {
    const { file, find, replace, test } = mutant;
    const said = `${file} ${find} ${replace}`;
    if (seen.has(said)) return [`${file} has the same guard twice in the list:\n    ${find}`];
    seen.add(said);
    try {
      const text = broken(mutant);
      // Code that doesn't parse kills every test, and proves nothing. Of SQL the database says so: then no test begins.
      if (file.endsWith('.yml')) parseYaml(text);
      else if (!isOfDatabase(mutant)) stripTypeScriptTypes(text);
    } catch (error) {
      const { message } = error as Error;
      return [message.startsWith(file) ? message : `${file} doesn’t parse without the guard: ${message}`];
    }
    // Vitest finds what it printed, and that is the row's words.
    if (/%[sdifjo#$]/.test(test.title)) {
      return [`“${test.title}” (${test.file}) is a table’s title: name one of its rows`];
    }
    if (!existsSync(join(projectDirectory, test.file))) return [`${test.file} is gone (“${test.title}”)`];
    return textsOf(test.file).some((text) => hasTitle(text, test.title))
      ? []
      : [`${test.file} has no test “${test.title}”`];
  });
}

function parseYaml(text: string): void {
  for (const { errors } of [parseAllDocuments(text)].flat()) if (errors[0] !== undefined) throw errors[0];
}

/** A file of tests, and the fixtures that it imports: a contract's tests stand in one, for whatever implements it. */
function textsOf(file: string): readonly string[] {
  const own = textOf(file);
  const fixtures = [...own.matchAll(/from '(\.[^']*\.fixture\.ts)'/g)].map(([, path = '']) =>
    textOf(join(dirname(file), path)),
  );
  return [own, ...fixtures];
}

/** A title with an open part, as those of tables have one: `%s`, `$name`, `${…}`. */
const template = /\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)*(?:%[sdifjo#$]|\$\{|\$\w)(?:(?!\1)[^\\\n]|\\.)*)\1/g;
const openPart = /%[sdifjo#$]|\$\{[^}]*\}|\$[\w.]+/;
const wordsMin = 3;

/** Whether the file has a test whose title begins so: in one piece, or as a table's title and the row's words. */
function hasTitle(source: string, title: string): boolean {
  // A row's words by themselves are no title, unless that begins with them.
  if (new RegExp(`\\(\\s*['"\`]${escapePattern(title)}`).test(source)) return true;
  return [...source.matchAll(template)].some(([, , text = '']) => {
    const rows = Object.values(beginningOf(text).exec(title)?.groups ?? { none: title });
    const found = rows.filter((row: string | undefined) => row !== undefined);
    const own = title.length - found.join('').length;
    return (own >= wordsMin || text.search(openPart) === 0) && found.every((row) => hasRow(source, row));
  });
}

/** Words of a row begin a text of their own; those in the middle of another title are nobody's row. Numbers and names stand without quotes. */
const hasRow = (source: string, row: string): boolean =>
  /\s/.test(row) ? new RegExp(`['"\`]${escapePattern(row)}`).test(source) : source.includes(row);

/** Matches whatever a title made of the template can begin with; what stands in the open parts is captured. */
function beginningOf(text: string): RegExp {
  const [first = '', ...others] = text.split(openPart);
  const letters = (words: string): string[] => words.split('').map(escapePattern);
  const parts = [...letters(first), ...others.flatMap((words, at) => [`(?<p${at}>.+?)`, ...letters(words)])];
  return new RegExp(`^${parts.reduceRight((after, part) => `(?:${part}${after})?`, '')}$`);
}
