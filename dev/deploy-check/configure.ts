/** The configurations of docs/guides/installation.md, as they stand there, with what differs on this machine. */
import { readFile, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { StackError } from '../stack/error.ts';

type Document = Record<string, unknown>;

/** A guide's blocks of YAML whose first line names their file → by file. */
export async function configurationsIn(guide: string): Promise<ReadonlyMap<string, Document>> {
  const text = await readFile(guide, 'utf8');
  const found = new Map<string, Document>();
  for (const [, block = ''] of text.matchAll(/```yaml\n([^]*?)```/g)) {
    const [, file] = /^# (\/etc\/\S+\.yaml)/.exec(block) ?? [];
    if (file !== undefined) found.set(file, parse(block) as Document);
  }
  return found;
}

/** Writes them all, changed as said: a member that is an object is changed member by member. */
export async function writeConfigurations(
  guide: string,
  changes: Readonly<Record<string, Document>>,
): Promise<void> {
  const found = await configurationsIn(guide);
  for (const file of Object.keys(changes))
    if (!found.has(file)) throw new StackError('BAD_STATE', `${guide} has no ${file}`);
  for (const [file, document] of found)
    await writeFile(file, stringify(merge(document, changes[file] ?? {})), { mode: 0o644 });
}

const isObject = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(document: Document, change: Document): Document {
  const result = { ...document };
  for (const [name, value] of Object.entries(change)) {
    const before = result[name];
    result[name] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return result;
}
