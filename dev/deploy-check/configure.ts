/** The annotated examples of configurations, with what differs on this machine. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { StackError } from '../stack/error.ts';

type Document = Record<string, unknown>;

/** Of no unit: people hold a ceremony. */
const ofPeople = new Set(['ceremony.yaml']);

/** deploy/examples → by the file that it is an example of. */
export async function configurationsIn(examples: string): Promise<ReadonlyMap<string, Document>> {
  const names = (await readdir(examples)).filter((name) => name.endsWith('.yaml') && !ofPeople.has(name));
  const found = new Map<string, Document>();
  for (const name of names)
    found.set(`/etc/countersign/${name}`, parse(await readFile(join(examples, name), 'utf8')) as Document);
  return found;
}

/** Writes them all, changed as said: a member that is an object is changed member by member. */
export async function writeConfigurations(
  examples: string,
  changes: Readonly<Record<string, Document>>,
): Promise<void> {
  const found = await configurationsIn(examples);
  for (const file of Object.keys(changes))
    if (!found.has(file)) throw new StackError('BAD_STATE', `${examples} has no example of ${file}`);
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
