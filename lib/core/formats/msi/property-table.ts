/**
 * The Property table: what Windows Installer knows a product by. A table's stream holds its columns one after the other, each a number
 * of a string or a small integer for each row. Which columns a table has stands in the table `_Columns`, whose own are fixed:
 * table, number, name, type; integers are stored plus 0x8000.
 */
import type { CompoundFile, StreamEntry } from '../cfb/index.ts';
import { readExactly } from '../random-access.ts';
import { unreadable } from './errors.ts';
import { tableStreamName } from './names.ts';
import { readStringPool, type StringPool } from './string-pool.ts';

const tableBytesMax = 4 * 1024 * 1024;
/** Bit of a column's type: it holds strings. */
const isString = 0x0800;

/** Empty where there is no such table, as in patches. */
export async function readProperties(file: CompoundFile): Promise<ReadonlyMap<string, string>> {
  const table = streamNamed(file, 'Property');
  const properties = new Map<string, string>();
  if (table === null) return properties;
  const [pool, data] = [streamNamed(file, '_StringPool'), streamNamed(file, '_StringData')];
  if (pool === null || data === null) throw unreadable('it has a table of properties, but no strings');
  const strings = await readStringPool(file.open(pool), file.open(data));
  await checkColumns(file, strings);
  const { numberBytes } = strings;
  const bytes = await bytesOf(file, table, 2 * numberBytes);
  const rows = bytes.length / (2 * numberBytes);
  for (let row = 0; row < rows; row += 1) {
    const name = await strings.text(bytes.readUIntLE(row * numberBytes, numberBytes));
    if (properties.has(name)) throw unreadable(`it has two properties ${JSON.stringify(name.slice(0, 80))}`);
    // Of long values only those that are compared with something matter.
    const number = bytes.readUIntLE((rows + row) * numberBytes, numberBytes);
    if (productProperties.includes(name)) properties.set(name, await strings.text(number));
    else properties.set(name, '');
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

/** Windows would read other columns than those two from other places. */
async function checkColumns(file: CompoundFile, strings: StringPool): Promise<void> {
  const columns = streamNamed(file, '_Columns');
  if (columns === null) throw unreadable('it does not say which columns its tables have');
  const { numberBytes } = strings;
  const rowBytes = 2 * numberBytes + 4;
  const bytes = await bytesOf(file, columns, rowBytes);
  const rows = bytes.length / rowBytes;
  const [numbers, names, types] = [
    rows * numberBytes,
    rows * (numberBytes + 2),
    rows * (2 * numberBytes + 2),
  ];
  const known = new Map<number, string>();
  const found: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const table = bytes.readUIntLE(row * numberBytes, numberBytes);
    const name = known.get(table) ?? (await strings.text(table));
    known.set(table, name);
    if (name !== 'Property') continue;
    const column = await strings.text(bytes.readUIntLE(names + row * numberBytes, numberBytes));
    const number = bytes.readUInt16LE(numbers + row * 2) - 0x8000;
    const type = bytes.readUInt16LE(types + row * 2) - 0x8000;
    found.push(`${number} ${column}${(type & isString) === 0 ? ' (no text)' : ''}`);
  }
  if (found.sort().join() !== '1 Property,2 Value')
    throw unreadable('its table of properties has other columns than Property and Value');
}

export function streamNamed(file: CompoundFile, table: string): StreamEntry | null {
  const name = tableStreamName(table);
  const found = file.root.children.find((child) => child.name === name);
  return found?.type === 'stream' ? found : null;
}

async function bytesOf(file: CompoundFile, stream: StreamEntry, rowBytes: number): Promise<Buffer> {
  if (stream.sizeBytes % rowBytes !== 0 || stream.sizeBytes > tableBytesMax)
    throw unreadable(`a table has ${stream.sizeBytes} bytes, in rows of ${rowBytes}`);
  return Buffer.from(await readExactly(file.open(stream), 0, stream.sizeBytes));
}
