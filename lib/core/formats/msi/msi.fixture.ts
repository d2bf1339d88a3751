/** Installers from a description, for tests, with the tables that are read of them. */
import { compoundFile, type CompoundOptions, type Described } from '../cfb/cfb.fixture.ts';
import { tableStreamName } from './names.ts';

export const databaseClass = '84100c0000000000c000000000000046';
export const patchClass = '86100c0000000000c000000000000046';

export interface Database {
  readonly properties?: Readonly<Record<string, string>>;
  /** Rows as they are, instead of the properties: a key may be there twice. */
  readonly rows?: readonly (readonly [string, string])[];
  readonly summary?: Readonly<Record<number, string>>;
  readonly codePage?: number;
  /** String numbers take three bytes. */
  readonly wide?: boolean;
  /** Instead of Property and Value. */
  readonly columns?: readonly string[];
  readonly tables?: readonly string[];
  /** Tables with columns and rows. */
  readonly data?: readonly TableParts[];
  readonly streams?: readonly Described[];
}

export interface TableParts {
  readonly name: string;
  /** Name, and its type as _Columns has it: 0x0d48 a text, 0x0502 and 0x0104 numbers of 2 and 4 bytes, 0x0900 a stream. */
  readonly columns: readonly (readonly [string, number])[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export const product = {
  ProductName: 'Widget',
  ProductVersion: '1.2.3',
  Manufacturer: 'Widget Makers',
  ProductCode: '{11111111-2222-3333-4444-555555555555}',
  UpgradeCode: '{66666666-7777-8888-9999-AAAAAAAAAAAA}',
};

export async function installer(
  database: Database = {},
  options: Partial<CompoundOptions> = {},
): Promise<Buffer> {
  const {
    properties = product,
    summary = { 3: 'Widget installer', 4: 'Widget Makers' },
    wide = false,
  } = database;
  const strings = new Strings(database.codePage ?? 1252, wide);
  const { columns = ['Property', 'Value'], rows = Object.entries(properties) } = database;
  const names = columns.map((name) => [strings.add('Property'), strings.add(name)] as const);
  const cells = rows.map(([key, value]) => [strings.add(key), strings.add(value)] as const);
  const data = (database.data ?? []).map((table) => {
    const bytes = table.columns.flatMap(([, type], index) =>
      table.rows.map((row) => {
        const cell = row[index] ?? 0;
        if (typeof cell === 'string') return strings.number(strings.add(cell));
        const value = Buffer.alloc((type & 0xff) === 4 && (type & 0x0800) === 0 ? 4 : 2);
        value.writeUIntLE(cell + 2 ** (value.length * 8 - 1), 0, value.length);
        return value;
      }),
    );
    const own = table.columns.map(([name, type], index) => ({
      table: strings.add(table.name),
      name: strings.add(name),
      number: 0x8001 + index,
      type: 0x8000 + type,
    }));
    return { own, stream: { name: tableStreamName(table.name), content: Buffer.concat(bytes) } };
  });
  const columnRows = [
    ...names.map(([table, name], index) => ({ table, name, number: 0x8001 + index, type: 0x8000 + 0x0d48 })),
    ...data.flatMap(({ own }) => own),
  ];
  const numbers = (all: readonly number[]): Buffer => Buffer.concat(all.map((one) => strings.number(one)));
  const words = (all: readonly number[]): Buffer => Buffer.from(Uint16Array.from(all).buffer);
  const columnTable = Buffer.concat([
    numbers(columnRows.map(({ table }) => table)),
    words(columnRows.map(({ number }) => number)),
    numbers(columnRows.map(({ name }) => name)),
    words(columnRows.map(({ type }) => type)),
  ]);
  const tables = (database.tables ?? []).map((name) => ({
    name: tableStreamName(name),
    content: Buffer.of(1, 0),
  }));
  return compoundFile(
    [
      { name: tableStreamName('_Columns'), content: columnTable },
      {
        name: tableStreamName('Property'),
        content: Buffer.concat([
          numbers(cells.map(([key]) => key)),
          numbers(cells.map(([, value]) => value)),
        ]),
      },
      ...strings.streams(),
      { name: '\x05SummaryInformation', content: summaryOf(summary) },
      ...tables,
      ...data.filter(({ stream }) => stream.content.length > 0).map(({ stream }) => stream),
      ...(database.streams ?? []),
    ],
    { clsid: databaseClass, ...options },
  );
}

class Strings {
  readonly #texts: Buffer[] = [];
  readonly #codePage: number;
  readonly #wide: boolean;

  constructor(codePage: number, wide: boolean) {
    this.#codePage = codePage;
    this.#wide = wide;
  }

  /** → its number; 0 is that of no text. */
  add(text: string): number {
    if (text === '') return 0;
    const encoded = Buffer.from(text, this.#codePage === 65001 ? 'utf8' : 'latin1');
    const known = this.#texts.findIndex((other) => other.equals(encoded));
    return known >= 0 ? known + 1 : this.#texts.push(encoded);
  }

  number(value: number): Buffer {
    const bytes = Buffer.alloc(this.#wide ? 3 : 2);
    bytes.writeUIntLE(value, 0, bytes.length);
    return bytes;
  }

  streams(): readonly Described[] {
    const pairs = [this.#codePage, this.#wide ? 0x8000 : 0];
    for (const { length } of this.#texts) {
      if (length > 0xffff) pairs.push(0, length >> 16);
      pairs.push(length & 0xffff, 1);
    }
    return [
      { name: tableStreamName('_StringPool'), content: Buffer.from(Uint16Array.from(pairs).buffer) },
      { name: tableStreamName('_StringData'), content: Buffer.concat(this.#texts) },
    ];
  }
}

/** Texts by number of property, in code page 1252. */
export function summaryOf(texts: Readonly<Record<number, string>>): Buffer {
  const values: [number, Buffer][] = [[1, Buffer.from('02000000e4040000', 'hex')]];
  for (const [id, text] of Object.entries(texts)) {
    const content = Buffer.from(`${text}\0`, 'latin1');
    const value = Buffer.alloc(8 + Math.ceil(content.length / 4) * 4);
    value.writeUInt32LE(30, 0);
    value.writeUInt32LE(content.length, 4);
    content.copy(value, 8);
    values.push([Number(id), value]);
  }
  const head = Buffer.alloc(48);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt32LE(1, 24);
  head.write('e0859ff2f94f6810ab9108002b27b3d9', 28, 'hex');
  head.writeUInt32LE(48, 44);
  const index = Buffer.alloc(8 + values.length * 8);
  let at = index.length;
  for (const [position, [id, value]] of values.entries()) {
    index.writeUInt32LE(id, 8 + position * 8);
    index.writeUInt32LE(at, 12 + position * 8);
    at += value.length;
  }
  index.writeUInt32LE(at, 0);
  index.writeUInt32LE(values.length, 4);
  return Buffer.concat([head, index, ...values.map(([, value]) => value)]);
}
