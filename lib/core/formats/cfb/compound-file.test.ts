import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySource, readExactly } from '../random-access.ts';
import { collected, compoundFile, type Described } from './cfb.fixture.ts';
import { compareNames } from './directory.ts';
import { CfbError, readCompoundFile, type StorageEntry, type StreamEntry } from './index.ts';
import { writeCompoundFile } from './write.ts';

const bytes = (size: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length: size }, (_, at) => (at * 7 + seed) & 0xff);

/** Everything that a file says: names, attributes and contents, in no order. */
async function meaning(file: Uint8Array): Promise<unknown> {
  const found = await readCompoundFile(memorySource(file));
  const said = async (entry: StorageEntry | StreamEntry): Promise<unknown> => {
    const { name, record } = entry;
    const shared = { name, attributes: record.toString('hex', 80, 116) };
    if (entry.type === 'stream')
      return {
        ...shared,
        content: Buffer.from(await readExactly(found.open(entry), 0, entry.sizeBytes)).toString('hex'),
      };
    const children = [...entry.children].sort((one, other) => compareNames(one.name, other.name));
    return { ...shared, children: await Promise.all(children.map(said)) };
  };
  return said(found.root);
}

const small: readonly Described[] = [
  { name: 'empty', content: bytes(0) },
  { name: 'mini', content: bytes(65) },
  { name: 'last mini', content: bytes(4095) },
  { name: 'first large', content: bytes(4096) },
  {
    name: 'folder',
    clsid: '0123456789abcdef0123456789abcdef',
    stateBits: 7,
    created: 123_456_789n,
    children: [
      { name: 'inner', content: bytes(100, 3) },
      { name: 'nothing', children: [] },
    ],
  },
];
const refused = (file: Uint8Array) =>
  readCompoundFile(memorySource(file)).then(
    () => null,
    (error: unknown) => {
      if (!(error instanceof CfbError)) throw error;
      return error.code;
    },
  );
const changed = (file: Buffer, change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(file);
  change(copy);
  return copy;
};

describe.each([3, 4] as const)('a compound file of version %i', (version) => {
  test('is read as it was written', async () => {
    const file = await compoundFile(small, { version });
    const { root, streams, header } = await readCompoundFile(memorySource(file));
    expect(header.version).toBe(version);
    expect(root.children.map(({ name }) => name)).toEqual([
      ...['mini', 'empty', 'folder', 'last mini', 'first large'],
    ]);
    expect(streams.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['mini', 65],
      ['empty', 0],
      ['inner', 100],
      ['last mini', 4095],
      ['first large', 4096],
    ]);
    const folder = root.children.find(({ name }) => name === 'folder');
    expect(folder?.record.readUInt32LE(96)).toBe(7);
    expect(folder?.record.toString('hex', 80, 96)).toBe('0123456789abcdef0123456789abcdef');
  });

  test('whatever is in it comes out again', async () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_. {}\u3800-\u4840]{1,31}$/);
    const stream = fc.record({
      name,
      size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 4000, max: 9000 })),
    });
    const storage = fc.record({ name, streams: fc.array(stream, { maxLength: 5 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(stream, { maxLength: 40 }),
        fc.array(storage, { maxLength: 4 }),
        async (streams, storages) => {
          const contents = (all: readonly { name: string; size: number }[]): Described[] =>
            unlike(all).map(({ name: called, size }, index) => ({
              name: called,
              content: bytes(size, index),
            }));
          const folders = unlike(storages).map((one) => ({
            name: one.name,
            children: contents(one.streams),
          }));
          const described = unlike<Described>([...contents(streams), ...folders]);
          const file = await compoundFile(described, { version });
          const read = await readCompoundFile(memorySource(file));
          const again = await collected(writeCompoundFile(read, {}));
          expect(again.equals(file)).toBe(true);
          for (const { start, end } of read.gaps())
            expect(file.subarray(start, end).every((byte) => byte === 0)).toBe(true);
          const found = new Map(read.streams.map((entry) => [entry, entry.name]));
          expect(found.size).toBe(described.reduce((sum, { children }) => sum + (children?.length ?? 1), 0));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('is refused wherever it is cut off', async () => {
    const file = await compoundFile(small, { version });
    const { sectorBytes } = (await readCompoundFile(memorySource(file))).header;
    // The last sector holds 4096 bytes of a stream: each of its bytes counts.
    for (let size = 0; size < file.length; size += version === 4 && size > 600 ? 61 : 1) {
      const cut = file.subarray(0, size);
      const read = readCompoundFile(memorySource(cut)).then(async (found) => {
        for (const entry of found.streams) await readExactly(found.open(entry), 0, entry.sizeBytes);
      });
      await expect(read, `${size} bytes in sectors of ${sectorBytes}`).rejects.toThrow(CfbError);
    }
  });

  test('with any byte changed means what its bytes say, or is refused', async () => {
    const file = await compoundFile(small, { version });
    const before = JSON.stringify(await meaning(file));
    let same = 0;
    for (let at = 0; at < file.length; at += version === 4 && at > 600 ? 31 : 1) {
      const copy = changed(file, (bytesOf) => bytesOf.writeUInt8((file[at] ?? 0) ^ 0x55, at));
      const after = await meaning(copy).catch((error: unknown) => {
        if (!(error instanceof CfbError)) throw error;
        return null;
      });
      if (after === null) continue;
      const written = await collected(writeCompoundFile(await readCompoundFile(memorySource(copy)), {}));
      expect(JSON.stringify(await meaning(written))).toBe(JSON.stringify(after));
      if (JSON.stringify(after) === before) same += 1;
    }
    expect(same).toBeGreaterThan(0);
  });
});

function unlike<Named extends { readonly name: string }>(all: readonly Named[]): Named[] {
  const names = new Set<string>();
  return all.filter(({ name }) => {
    const key = name.toUpperCase();
    if (names.has(key)) return false;
    names.add(key);
    return true;
  });
}

describe('a compound file that lies', async () => {
  const file = await compoundFile(small);
  const sector = (number: number): number => (number + 1) * 512;
  const fatAt = sector(0);
  const directoryAt = sector(file.readUInt32LE(48));
  const entryAt = (name: string): number => {
    for (let at = directoryAt; ; at += 128) {
      const length = file.readUInt16LE(at + 64);
      if (file.toString('utf16le', at, at + length - 2) === name) return at;
    }
  };
  const u32 = (at: number, value: number) => changed(file, (copy) => copy.writeUInt32LE(value, at));
  const large = file.readUInt32LE(entryAt('first large') + 116);

  test.each<[string, string, Buffer]>([
    ['another signature', 'NOT_CFB', u32(0, 0)],
    ['a class in the header', 'BAD_HEADER', u32(8, 1)],
    ['version 5', 'BAD_HEADER', changed(file, (copy) => copy.writeUInt16LE(5, 26))],
    ['sectors of 4096 bytes in version 3', 'BAD_HEADER', changed(file, (copy) => copy.writeUInt16LE(12, 30))],
    ['another byte order', 'BAD_HEADER', changed(file, (copy) => copy.writeUInt16LE(0xfeff, 28))],
    ['mini sectors of 128 bytes', 'BAD_HEADER', changed(file, (copy) => copy.writeUInt16LE(7, 32))],
    ['another cutoff', 'BAD_HEADER', u32(56, 512)],
    ['more FAT sectors than there are', 'BAD_HEADER', u32(44, 2)],
    ['so many FAT sectors that they take all memory', 'BAD_HEADER', u32(44, 0x7fffffff)],
    ['fewer FAT sectors than are listed', 'BAD_HEADER', u32(44, 0)],
    [
      'a FAT sector listed twice',
      'OVERLAP',
      changed(file, (copy) => {
        copy.writeUInt32LE(2, 44);
        copy.writeUInt32LE(0, 80);
      }),
    ],
    ['a DIFAT that is not said', 'BAD_HEADER', u32(68, large)],
    ['a directory outside of the file', 'BAD_CHAIN', u32(48, 0x00ffffff)],
    ['a directory that is the FAT', 'OVERLAP', u32(48, 0)],
    ['a directory without an end', 'OVERLAP', u32(fatAt + file.readUInt32LE(48) * 4, file.readUInt32LE(48))],
    ['a stream that comes back to itself', 'OVERLAP', u32(fatAt + (large + 1) * 4, large)],
    ['a stream that ends too soon', 'BAD_CHAIN', u32(fatAt + large * 4, 0xfffffffe)],
    ['a stream that goes on', 'BAD_CHAIN', u32(entryAt('first large') + 120, 4097)],
    ['a stream shorter than its chain', 'BAD_CHAIN', u32(entryAt('last mini') + 120, 100)],
    ['a stream of 4 GB', 'BAD_ENTRY', u32(entryAt('first large') + 120, 0xffffffff)],
    [
      'two streams in one place',
      'OVERLAP',
      u32(entryAt('mini') + 116, file.readUInt32LE(entryAt('last mini') + 116) + 62),
    ],
    ['a mini stream cut short', 'BAD_CHAIN', u32(directoryAt + 120, 128)],
    ['a mini stream longer than its sectors', 'BAD_CHAIN', u32(directoryAt + 120, 1 << 20)],
    [
      'an entry that is its own sibling',
      'BAD_ENTRY',
      changed(file, (copy) =>
        copy.writeUInt32LE((entryAt('mini') - directoryAt) / 128, entryAt('mini') + 68),
      ),
    ],
    [
      'a storage in itself',
      'BAD_ENTRY',
      u32(entryAt('folder') + 76, (entryAt('folder') - directoryAt) / 128),
    ],
    ['the root in a storage', 'BAD_ENTRY', u32(entryAt('folder') + 76, 0)],
    ['an entry that is not there', 'BAD_ENTRY', u32(entryAt('folder') + 76, 1000)],
    [
      'an entry of another type',
      'BAD_ENTRY',
      changed(file, (copy) => copy.writeUInt8(3, entryAt('mini') + 66)),
    ],
    ['a stream with a class', 'BAD_ENTRY', u32(entryAt('mini') + 80, 1)],
    ['a stream with children', 'BAD_ENTRY', u32(entryAt('mini') + 76, 1)],
    [
      'a name without an end',
      'BAD_ENTRY',
      changed(file, (copy) => copy.writeUInt16LE(8, entryAt('mini') + 64)),
    ],
    [
      'a name with a NUL in it',
      'BAD_ENTRY',
      changed(file, (copy) => copy.writeUInt16LE(0, entryAt('mini') + 2)),
    ],
    [
      'a name with a slash',
      'BAD_ENTRY',
      changed(file, (copy) => copy.writeUInt16LE(0x2f, entryAt('mini') + 2)),
    ],
    ['no root', 'BAD_ENTRY', changed(file, (copy) => copy.writeUInt8(2, directoryAt + 66))],
  ])('%s is refused', async (_, code, lying) => {
    expect(await refused(lying)).toBe(code);
  });

  test('is refused: two names that are one on Windows', async () => {
    const twice = [
      { name: 'Stream', content: bytes(1) },
      { name: 'STREAM', content: bytes(2) },
    ];
    expect(await refused(await compoundFile(twice))).toBe('DUPLICATE_NAME');
  });

  test('is refused: storages nested without end', async () => {
    let nested: Described = { name: 'x', children: [] };
    for (let depth = 0; depth < 20; depth += 1) nested = { name: 'x', children: [nested] };
    expect(await refused(await compoundFile([nested]))).toBe('TOO_LARGE');
  });

  test('is read though its tree is a list of 5000, as osslsigncode writes them', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({
      name: `n${index}`,
      content: bytes(1, index),
    }));
    const listed = await compoundFile(many);
    const at = (listed.readUInt32LE(48) + 1) * 512;
    listed.writeUInt32LE(1, at + 76);
    for (let index = 1; index <= 5000; index += 1) {
      listed.writeUInt32LE(0xffffffff, at + index * 128 + 68);
      listed.writeUInt32LE(index === 5000 ? 0xffffffff : index + 1, at + index * 128 + 72);
    }
    const read = await readCompoundFile(memorySource(listed));
    expect(read.streams).toHaveLength(5000);
  });

  test('bytes of no stream are named, so that they can be scanned or refused', async () => {
    const trailing = Buffer.concat([file, Buffer.from('behind the end')]);
    const gaps = [...(await readCompoundFile(memorySource(trailing))).gaps()];
    expect(gaps).toContainEqual({ start: file.length, end: trailing.length });
    const [slack] = gaps.filter(({ start }) => start < file.length);
    expect(slack?.end).toBeGreaterThan(slack?.start ?? 0);
  });
});

test('the tree that is written is a red-black tree in the order of names', async () => {
  for (const count of [1, 2, 3, 4, 7, 8, 20, 100]) {
    const many = Array.from({ length: count }, (_, index) => ({ name: `${index}`, content: bytes(1) }));
    const file = await compoundFile(many);
    const start = (file.readUInt32LE(48) + 1) * 512;
    const blacks = new Set<number>();
    const names: string[] = [];
    const walk = (index: number, black: number, redAbove: boolean): void => {
      if (index === 0xffffffff) {
        blacks.add(black);
        return;
      }
      const at = start + index * 128;
      const red = file[at + 67] === 0;
      expect(red && redAbove).toBe(false);
      walk(file.readUInt32LE(at + 68), black + (red ? 0 : 1), red);
      names.push(file.toString('utf16le', at, at + file.readUInt16LE(at + 64) - 2));
      walk(file.readUInt32LE(at + 72), black + (red ? 0 : 1), red);
    };
    walk(file.readUInt32LE(start + 76), 0, true);
    expect(blacks.size).toBe(1);
    expect(names).toEqual([...names].sort(compareNames));
    expect(names).toHaveLength(count);
  }
});
