/** The Property table: what Windows Installer knows a product by. */
import type { CompoundFile } from '../cfb/index.ts';
import { unreadable } from './errors.ts';
import { readDatabase, streamNamed } from './tables.ts';

/** Empty where there is no such table, as in patches. */
export async function readProperties(file: CompoundFile): Promise<ReadonlyMap<string, string>> {
  const properties = new Map<string, string>();
  if (streamNamed(file, 'Property') === null) return properties;
  const database = await readDatabase(file);
  const columns = database.columns('Property').map(({ name, kind }) => `${name} ${kind}`);
  if (columns.join() !== 'Property text,Value text')
    throw unreadable('its table of properties has other columns than Property and Value');
  const table = await database.table('Property');
  for (let row = 0; row < (table?.rows ?? 0); row += 1) {
    const name = (await table?.text(row, 'Property')) ?? '';
    if (properties.has(name)) throw unreadable(`it has two properties ${JSON.stringify(name.slice(0, 80))}`);
    // Of long values only those that are compared with something matter.
    const isAsked = productProperties.includes(name);
    properties.set(name, isAsked ? ((await table?.text(row, 'Value')) ?? '') : '');
  }
  return properties;
}

/** Those that an artifact configuration can ask for. */
export const productProperties: readonly string[] = [
  'ProductName',
  'ProductVersion',
  'Manufacturer',
  'ProductCode',
  'UpgradeCode',
];
