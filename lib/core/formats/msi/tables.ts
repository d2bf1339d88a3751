/**
 * Tables of a database of Windows Installer. A table's stream holds its columns one after the other, each with a value for each row:
 * ```
 * text     number of a string, of 2 or 3 bytes as the string pool says; 0: none
 * number   of 2 or 4 bytes, stored plus 0x8000 or 0x80000000; 0: none
 * stream   2 bytes; the data are in a stream named `Table.key`
 * ```
 * Which columns a table has stands in the table `_Columns`, whose own are fixed: table, number from 1 on, name, type. A type has the width in
 * its low byte, and bits: 0x0100 valid, 0x0200 localizable, 0x0800 text, 0x1000 may be empty, 0x2000 part of the key.
 * As Wine (dlls/msi/table.c) and libmsi have it; Microsoft never described it. A table without a stream has no rows.
 */
import type { CompoundFile, StreamEntry } from '../cfb/index.ts';
import { readExactly } from '../random-access.ts';
import { unreadable } from './errors.ts';
import { tableStreamName } from './names.ts';
import { readStringPool, type StringPool } from './string-pool.ts';

const tableBytesMax = 4 * 1024 * 1024;
const typeBits = { text: 0x0800, optional: 0x1000 } as const;
/** Valid, text, of no width: a stream. */
const streamType = 0x0900;

export interface Column {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'stream';
  readonly bytes: 2 | 3 | 4;
}

export interface Table {
  readonly name: string;
  readonly stream: StreamEntry;
  readonly rows: number;
  /** As they stand in the stream. */
  readonly bytes: Buffer;
  text(row: number, column: string): Promise<string>;
  /** null: none. */
  number(row: number, column: string): number | null;
  /** Where a value stands in the stream. */
  place(row: number, column: string): { readonly at: number; readonly bytes: number };
}

export interface Database {
  /** In their order; empty: there is no such table. */
  columns(table: string): readonly Column[];
  /** null: it has no rows. */
  table(name: string): Promise<Table | null>;
}

/** Throws MsiError UNREADABLE. */
export async function readDatabase(file: CompoundFile): Promise<Database> {
  const [pool, data] = [streamNamed(file, '_StringPool'), streamNamed(file, '_StringData')];
  if (pool === null || data === null) throw unreadable('it has tables, but no strings');
  const strings = await readStringPool(file.open(pool), file.open(data));
  const schema = await readSchema(file, strings);
  const columns = (name: string): readonly Column[] => schema.get(name) ?? [];
  return {
    columns,
    async table(name) {
      const stream = streamNamed(file, name);
      return stream === null ? null : readTable(file, { name, stream, columns: columns(name), strings });
    },
  };
}

export function streamNamed(file: CompoundFile, table: string): StreamEntry | null {
  const name = tableStreamName(table);
  const found = file.root.children.find((child) => child.name === name);
  return found?.type === 'stream' ? found : null;
}

/** Another reader would take other columns from other places. */
async function readSchema(
  file: CompoundFile,
  strings: StringPool,
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const stream = streamNamed(file, '_Columns');
  if (stream === null) throw unreadable('it does not say which columns its tables have');
  const { numberBytes } = strings;
  const own: readonly Column[] = [
    { name: 'Table', kind: 'text', bytes: numberBytes },
    { name: 'Number', kind: 'number', bytes: 2 },
    { name: 'Name', kind: 'text', bytes: numberBytes },
    { name: 'Type', kind: 'number', bytes: 2 },
  ];
  const table = await readTable(file, { name: '_Columns', stream, columns: own, strings });
  const found = new Map<string, Map<number, Column>>();
  for (let row = 0; row < table.rows; row += 1) {
    const owner = await table.text(row, 'Table');
    const columns = found.get(owner) ?? new Map<number, Column>();
    found.set(owner, columns);
    const number = table.number(row, 'Number') ?? 0;
    if (columns.has(number)) throw unreadable(`its table ${shown(owner)} has two columns ${number}`);
    columns.set(number, columnOf(await table.text(row, 'Name'), table.number(row, 'Type') ?? 0, numberBytes));
  }
  return new Map([...found].map(([owner, columns]) => [owner, inOrder(owner, columns)]));
}

function columnOf(name: string, type: number, numberBytes: 2 | 3): Column {
  // Numbers are stored plus 0x8000, and types with that bit set are none.
  const bits = type & 0x7fff;
  if ((bits & ~typeBits.optional) === streamType) return { name, kind: 'stream', bytes: 2 };
  if ((bits & typeBits.text) !== 0) return { name, kind: 'text', bytes: numberBytes };
  return { name, kind: 'number', bytes: (bits & 0xff) <= 2 ? 2 : 4 };
}

function inOrder(owner: string, columns: ReadonlyMap<number, Column>): readonly Column[] {
  return Array.from({ length: columns.size }, (_, index) => {
    const column = columns.get(index + 1);
    if (column === undefined) throw unreadable(`its table ${shown(owner)} lacks column ${index + 1}`);
    return column;
  });
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 80));

interface Stored {
  readonly name: string;
  readonly stream: StreamEntry;
  readonly columns: readonly Column[];
  readonly strings: StringPool;
}

async function readTable(file: CompoundFile, { name, stream, columns, strings }: Stored): Promise<Table> {
  const rowBytes = columns.reduce((sum, { bytes }) => sum + bytes, 0);
  const { sizeBytes } = stream;
  if (rowBytes === 0) throw unreadable(`its table ${shown(name)} has no columns`);
  if (sizeBytes % rowBytes !== 0 || sizeBytes > tableBytesMax)
    throw unreadable(`its table ${shown(name)} has ${sizeBytes} bytes, in rows of ${rowBytes}`);
  const bytes = Buffer.from(await readExactly(file.open(stream), 0, sizeBytes));
  const rows = sizeBytes / rowBytes;
  const starts = new Map<string, { readonly start: number; readonly column: Column }>();
  let start = 0;
  for (const column of columns) {
    if (starts.has(column.name))
      throw unreadable(`its table ${shown(name)} has two columns ${shown(column.name)}`);
    starts.set(column.name, { start, column });
    start += rows * column.bytes;
  }
  const find = (row: number, column: string, kind: Column['kind'] | null): { at: number; bytes: number } => {
    const found = starts.get(column);
    if (found === undefined || (kind !== null && found.column.kind !== kind))
      throw unreadable(`its table ${name} has no column ${column} of a ${kind ?? 'value'}`);
    return { at: found.start + row * found.column.bytes, bytes: found.column.bytes };
  };
  return {
    name,
    stream,
    rows,
    bytes,
    async text(row, column) {
      const { at, bytes: length } = find(row, column, 'text');
      return strings.text(bytes.readUIntLE(at, length));
    },
    number(row, column) {
      const { at, bytes: length } = find(row, column, 'number');
      const value = bytes.readUIntLE(at, length);
      return value === 0 ? null : value - 2 ** (length * 8 - 1);
    },
    place: (row, column) => find(row, column, null),
  };
}
