/** The one file that a path or pattern names. */
import { glob, stat } from 'node:fs/promises';
import path from 'node:path';
import { ActionError } from './error.ts';

const shownMax = 5;
/** Whoever matches more than this has given the pattern too wide. */
const matchesMax = 1000;

/** Path or pattern → path. A name is taken as it is where there is such a file: `a[1].exe` is no pattern then. */
export async function findFile(pattern: string, folder: string): Promise<string> {
  const named = path.resolve(folder, pattern);
  if (await isFile(named)) return named;
  const found: string[] = [];
  for await (const match of glob(pattern, { cwd: folder })) {
    const file = path.resolve(folder, match);
    if (await isFile(file)) found.push(file);
    if (found.length > matchesMax) break;
  }
  const [file] = found;
  if (file !== undefined && found.length === 1) return file;
  throw new ActionError('INPUT', problem(pattern, folder, found.toSorted()));
}

function problem(pattern: string, folder: string, found: readonly string[]): string {
  if (found.length === 0)
    return `file: nothing matches ${pattern} in ${folder}. The step that builds has to come before this one.`;
  const shown = found.slice(0, shownMax).map((file) => path.relative(folder, file));
  const more = found.length > shownMax ? ', …' : '';
  const many = found.length > matchesMax ? `more than ${matchesMax}` : String(found.length);
  return `file: ${pattern} matches ${many} files (${shown.join(', ')}${more}). A request has one file: name it, or put them into one archive.`;
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isFile() ?? false;
}
