import fc from 'fast-check';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { openZipEntry, readZip } from './index.ts';
import { zip, type ZipPart } from './zip.fixture.ts';

async function read(bytes: Uint8Array, limits = {}) {
  const source = memorySource(bytes);
  const all = { ...defaultUnpackLimits, ...limits };
  const { entries } = await readZip(source, new UnpackBudget(all));
  const found = [];
  for (const entry of entries) {
    const issues = entry.issues.map(({ code }) => code);
    const content =
      issues.length > 0 ? '' : (await collect(openZipEntry(source, entry, all))).toString('latin1');
    found.push({ path: entry.path, type: entry.type, content, issues });
  }
  return found;
}

const file: ZipPart = { name: 'a/b.txt', content: 'hello '.repeat(20) };
const other: ZipPart = { name: 'c.bin', content: 'x'.repeat(3000) };
const plain = { path: 'a/b.txt', type: 'file', content: 'hello '.repeat(20), issues: [] };
const folder: ZipPart = { name: 'a/', method: 0, attributes: 0o040755 * 65536 + 0x10 };
const link = 0o120777 * 65536;
const extra = (id: number, data: Uint8Array) =>
  Buffer.concat([Buffer.from([id & 255, id >> 8, data.length, 0]), data]);
const unicodePath = (name: string, header: string) => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(header));
  return extra(0x7075, Buffer.concat([Buffer.from([1]), sum, Buffer.from(name)]));
};

describe('reading zip', () => {
  test('returns files and folders in the order of the directory', async () => {
    expect(await read(zip([folder, file]))).toEqual([
      { path: 'a', type: 'directory', content: '', issues: [] },
      plain,
    ]);
    expect((await read(zip([other, file], { order: [1, 0] }))).map(({ path }) => path)).toEqual([
      'a/b.txt',
      'c.bin',
    ]);
    expect(await read(zip([]))).toEqual([]);
  });

  test.each([
    ['stored', { ...file, method: 0 }],
    ['with a descriptor', { ...file, descriptor: { signature: true, wide: false } }],
    ['with a descriptor without signature', { ...file, descriptor: { signature: false, wide: false } }],
    ['with zip64 sizes', { ...file, zip64: true }],
    [
      'with zip64 sizes in a descriptor',
      { ...file, zip64: true, descriptor: { signature: true, wide: true } },
    ],
    [
      'with zip64 sizes in a descriptor without signature',
      { ...file, zip64: true, descriptor: { signature: false, wide: true } },
    ],
    [
      'with a comment and extra fields',
      { ...file, comment: 'c', localExtra: extra(0x5455, Buffer.alloc(5)) },
    ],
    ['with padding as extra field', { ...file, localExtra: Buffer.alloc(3) }],
    ['with a confirmed Unicode name', { ...file, centralExtra: unicodePath('a/b.txt', 'a/b.txt') }],
  ])('reads an entry %s', async (_title, part: ZipPart) => {
    expect(await read(zip([part, other]))).toMatchObject([plain, { path: 'c.bin' }]);
    expect(await read(zip([other, part]))).toMatchObject([{ path: 'c.bin' }, plain]);
  });

  test('reads zip64 end records and archive comments', async () => {
    expect(await read(zip([file], { zip64: true }))).toEqual([plain]);
    expect(await read(zip([file], { zip64: true, comment: 'made for a test' }))).toEqual([plain]);
    expect(await read(zip([file], { comment: 'x'.repeat(65535) }))).toEqual([plain]);
  });

  const end = (at: number, value: number) => (record: Buffer) => record.writeUInt16LE(value, at);
  const whole = zip([file, other]);
  const packed = deflateRawSync(Buffer.from('hello '.repeat(20)));
  test.each([
    ['nothing', Buffer.alloc(0), 'WRONG_FORMAT'],
    ['another format', Buffer.alloc(1000, 'abc'), 'WRONG_FORMAT'],
    ['a cut-off archive', whole.subarray(0, 200), 'TRUNCATED'],
    ['a cut-off end record', whole.subarray(0, whole.length - 3), 'TRUNCATED'],
    ['a cut-off comment', zip([file], { comment: 'hello' }).subarray(0, -1), 'TRUNCATED'],
    ['trailing bytes', Buffer.concat([whole, Buffer.from('x')]), 'TRAILING_DATA'],
    ['an end record inside a comment', zip([file], { comment: 'PK\x05\x06' }), 'TRUNCATED'],
    ['an archive inside a comment', zip([file], { comment: zip([other]).toString('latin1') }), 'HIDDEN_DATA'],
    ['two archives joined', Buffer.concat([zip([file]), zip([other])]), 'HIDDEN_DATA'],
    ['a program before the archive', zip([file], { before: Buffer.from('MZ and more') }), 'HIDDEN_DATA'],
    ['a program before an unchanged archive', Buffer.concat([Buffer.from('MZ'), whole]), 'HIDDEN_DATA'],
    ['bytes between entries', zip([{ ...file, gap: Buffer.from('hidden') }, other]), 'HIDDEN_DATA'],
    [
      'bytes between the last entry and the directory',
      zip([{ ...file, gap: Buffer.from('hidden') }]),
      'HIDDEN_DATA',
    ],
    ['a hidden entry', zip([file, other], { order: [0] }), 'HIDDEN_DATA'],
    [
      'bytes instead of a descriptor',
      zip([{ ...file, descriptor: { signature: true, wide: false }, gap: Buffer.from('1234') }]),
      'HEADER_MISMATCH',
    ],
    [
      'bytes inside compressed data',
      zip([{ ...file, packed: Buffer.concat([packed, Buffer.from('hidden')]) }]),
      'HIDDEN_DATA',
    ],
    ['several disks', zip([file], { changeEnd: end(4, 1) }), 'BAD_HEADER'],
    ['an end record that contradicts itself', zip([file], { changeEnd: end(8, 2) }), 'BAD_HEADER'],
    [
      'a wrong count',
      zip([file], {
        changeEnd: (record) => {
          end(8, 2)(record);
          end(10, 2)(record);
        },
      }),
      'AMBIGUOUS',
    ],
    ['a wrong directory size', zip([file], { changeEnd: end(12, 10) }), 'HIDDEN_DATA'],
    [
      'a zip64 record that contradicts',
      zip([file], {
        zip64: true,
        changeEnd: (record) => {
          end(8, 9)(record);
          end(10, 9)(record);
        },
      }),
      'AMBIGUOUS',
    ],
    ['another local name', zip([{ ...file, changeCentral: (r) => r.writeUInt16LE(6, 28) }]), 'BAD_HEADER'],
    [
      'another local method',
      zip([
        { ...file, changeLocal: (r) => r.writeUInt16LE(0, 8), changeCentral: (r) => r.writeUInt16LE(8, 10) },
      ]),
      'HEADER_MISMATCH',
    ],
    ['another local size', zip([{ ...file, changeLocal: (r) => r.writeUInt32LE(1, 22) }]), 'HEADER_MISMATCH'],
    [
      'another local checksum',
      zip([{ ...file, changeLocal: (r) => r.writeUInt32LE(1, 14) }]),
      'HEADER_MISMATCH',
    ],
    [
      'a local flag of its own',
      zip([{ ...file, changeLocal: (r) => r.writeUInt16LE(1, 6) }]),
      'HEADER_MISMATCH',
    ],
    [
      'a stored and empty entry with a descriptor without signature',
      zip([{ ...file, content: '', method: 0, descriptor: { signature: false, wide: false } }]),
      'HEADER_MISMATCH',
    ],
    [
      'a folder with a descriptor that nothing marks, where bsdtar stops reading a pipe',
      zip([
        {
          name: 'folder/',
          content: '',
          method: 0,
          attributes: 0,
          descriptor: { signature: false, wide: false },
        },
        file,
      ]),
      'HEADER_MISMATCH',
    ],
    [
      'a reserved local flag',
      zip([{ ...file, changeLocal: (r) => r.writeUInt16LE(0x5200, 6) }]),
      'HEADER_MISMATCH',
    ],
    [
      'one local size in zip64 and one not',
      zip([{ ...file, zip64: true, changeLocal: (r) => r.writeUInt32LE(1, 18) }]),
      'HEADER_MISMATCH',
    ],
    [
      'a wide descriptor without zip64',
      zip([{ ...file, descriptor: { signature: true, wide: true } }]),
      'HEADER_MISMATCH',
    ],
    [
      'a narrow descriptor with zip64',
      zip([{ ...file, zip64: true, descriptor: { signature: true, wide: false } }]),
      'HEADER_MISMATCH',
    ],
    [
      'another name for who reads from a pipe',
      zip([{ ...file, localExtra: unicodePath('evil.exe', 'a/b.txt') }]),
      'HEADER_MISMATCH',
    ],
    [
      'attributes in a field of libarchive',
      zip([{ ...file, localExtra: extra(0x6c78, Buffer.alloc(8)) }]),
      'EXTRA_FIELD',
    ],
    [
      'the target of a link in a field',
      zip([{ ...file, centralExtra: extra(0x756e, Buffer.alloc(20)) }]),
      'EXTRA_FIELD',
    ],
    [
      'an extra field twice',
      zip([{ ...file, localExtra: Buffer.concat([1, 2].map(() => extra(0x5455, Buffer.alloc(5)))) }]),
      'AMBIGUOUS',
    ],
    ['a tar archive around it', zip([{ ...file, method: 0, content: tarIn(37) }]), 'AMBIGUOUS'],
    ['a disk image around it', zip([{ ...file, method: 0, content: isoIn(37) }]), 'AMBIGUOUS'],
    ['a size that is too small', zip([resized(10)]), 'BAD_CHECKSUM'],
    ['a size that is too large', zip([resized(1000)]), 'BAD_CHECKSUM'],
    [
      'a wrong checksum',
      zip([
        { ...file, changeLocal: (r) => r.writeUInt32LE(7, 14), changeCentral: (r) => r.writeUInt32LE(7, 16) },
      ]),
      'BAD_CHECKSUM',
    ],
    [
      'damaged compressed data',
      zip([{ ...file, packed: Buffer.alloc(packed.length, 0xff) }]),
      'BAD_CHECKSUM',
    ],
    ['cut-off compressed data', zip([{ ...file, packed: packed.subarray(0, -3) }]), 'TRUNCATED'],
    ['stored data of two sizes', zip([{ ...file, method: 0, packed }]), 'AMBIGUOUS'],
    ['a folder with content', zip([{ ...folder, content: 'x' }]), 'AMBIGUOUS'],
    ['one entry listed twice', zip([file, other], { order: [0, 0, 1] }), 'OVERLAP'],
    [
      'an entry inside another',
      zip([other, { ...file, changeCentral: (r) => r.writeUInt32LE(40, 42) }]),
      'OVERLAP',
    ],
    [
      'an entry outside the file',
      zip([{ ...file, changeCentral: (r) => r.writeUInt32LE(0xfffffff0, 42) }]),
      'HIDDEN_DATA',
    ],
    [
      'an extra field that is too long',
      zip([{ ...file, centralExtra: Buffer.from([1, 2, 99, 0]) }]),
      'BAD_HEADER',
    ],
    [
      'a zip64 field that nothing refers to',
      zip([{ ...file, centralExtra: extra(1, Buffer.alloc(8)) }]),
      'AMBIGUOUS',
    ],
    [
      'a missing zip64 field',
      zip([{ ...file, changeCentral: (r) => r.writeUInt32LE(0xffffffff, 24) }]),
      'AMBIGUOUS',
    ],
    [
      'two zip64 fields',
      zip([{ ...file, zip64: true, centralExtra: extra(1, Buffer.alloc(8)) }]),
      'AMBIGUOUS',
    ],
  ])('refuses %s', async (_title, bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ name: 'ArchiveError', code });
  });

  test.each([
    ['a symbolic link', { ...file, attributes: link }, 'LINK'],
    ['a device', { ...file, attributes: 0o020644 * 65536 }, 'SPECIAL_FILE'],
    ['a pipe', { ...file, attributes: 0o010644 * 65536 }, 'SPECIAL_FILE'],
    ['a folder named like a file', { ...file, attributes: 0x10 }, 'AMBIGUOUS'],
    ['a file of no kind', { ...file, attributes: 0xffff0010 }, 'SPECIAL_FILE'],
    [
      'a folder of no kind that isn’t called one',
      { ...file, name: 'b/', content: '', method: 0, attributes: 0xffff0000 },
      'SPECIAL_FILE',
    ],
    ['a volume label', { ...file, attributes: 0x08 }, 'SPECIAL_FILE'],
    ['a reparse point', { ...file, attributes: 0x400 }, 'SPECIAL_FILE'],
    [
      'a stored entry whose size comes after it',
      { ...file, method: 0, descriptor: { signature: true, wide: false } },
      'AMBIGUOUS',
    ],
    ['a name that is the folder itself', { ...file, name: '.', content: '', attributes: 0 }, 'AMBIGUOUS'],
    ['a name with accents apart', { ...file, name: 'cafe\u0301', flags: 1 << 11 }, 'NAME_ENCODING'],
    [
      'a UTF-8 name of MS-DOS, which unzip reads differently',
      { ...file, name: 'caf\u00e9', flags: 1 << 11, changeCentral: (r) => r.writeUInt16LE(0x0014, 4) },
      'NAME_ENCODING',
    ],
    [
      'a name of unknown encoding that a second name confirms',
      { ...file, name: 'caf\u00e9', centralExtra: unicodePath('caf\u00e9', 'caf\u00e9') },
      'NAME_ENCODING',
    ],
    ['an encrypted entry', { ...file, flags: 1 }, 'ENCRYPTED'],
    ['strong encryption', { ...file, flags: 1 << 6 }, 'ENCRYPTED'],
    ['a masked header', { ...file, flags: 1 << 13 }, 'ENCRYPTED'],
    ['AES', { ...file, method: 99 }, 'ENCRYPTED'],
    ['bzip2', { ...file, method: 12 }, 'UNSUPPORTED'],
    ['deflate64', { ...file, method: 9 }, 'UNSUPPORTED'],
    ['patched data', { ...file, flags: 1 << 5 }, 'UNSUPPORTED'],
    ['a name of unknown encoding', { ...file, name: 'caf\u00e9' }, 'NAME_ENCODING'],
    ['a second name', { ...file, centralExtra: unicodePath('evil.exe', 'a/b.txt') }, 'AMBIGUOUS'],
    [
      'a second name with a wrong checksum',
      { ...file, centralExtra: unicodePath('a/b.txt', 'zzz') },
      'AMBIGUOUS',
    ],
    ['a way out', { ...file, name: '../a' }, 'NAME_TRAVERSAL'],
    ['a backslash', { ...file, name: 'a\\b' }, 'NAME_BACKSLASH'],
    ['an absolute name', { ...file, name: '/a' }, 'NAME_ABSOLUTE'],
    ['a drive letter', { ...file, name: 'C:/a' }, 'NAME_ABSOLUTE'],
  ])('reports %s', async (_title, part: ZipPart, code) => {
    expect((await read(zip([part, other]))).map(({ issues }) => issues)).toEqual([[code], []]);
  });

  test('takes a folder of no kind, as Maven writes them, for a folder', async () => {
    expect(await read(zip([{ ...folder, attributes: 0xffff0010 }, file]))).toEqual([
      { path: 'a', type: 'directory', content: '', issues: [] },
      plain,
    ]);
  });

  test('accepts a UTF-8 name with its flag', async () => {
    expect(await read(zip([{ ...file, name: 'caf\u00e9', flags: 1 << 11 }]))).toMatchObject([
      { path: 'caf\u00e9', issues: [] },
    ]);
  });

  test('enforces the limits, before unpacking if sizes are declared', async () => {
    await expect(read(zip([file, other]), { entryCountMax: 1 })).rejects.toMatchObject({
      code: 'LIMIT_ENTRIES',
    });
    await expect(read(zip([other]), { entrySizeBytesMax: 2999 })).rejects.toMatchObject({
      code: 'LIMIT_ENTRY_SIZE',
    });
    await expect(read(zip([other]), { unpackedSizeBytesMax: 2999 })).rejects.toMatchObject({
      code: 'LIMIT_TOTAL_SIZE',
    });
    await expect(read(zip([file]), { namesBytesMax: 3 })).rejects.toMatchObject({ code: 'LIMIT_NAMES' });
    const bomb = zip([{ name: 'bomb', content: Buffer.alloc(40_000_000) }]);
    await expect(read(bomb)).rejects.toMatchObject({ code: 'LIMIT_RATIO' });
    expect(await read(zip([{ name: 'zeros', content: Buffer.alloc(10_000_000) }]))).toHaveLength(1);
  });

  test('ends with entries or an ArchiveError for any damage', async () => {
    const bytes = zip(
      [
        folder,
        file,
        { ...other, zip64: true },
        { ...file, name: 'd', descriptor: { signature: true, wide: false } },
      ],
      { zip64: true, comment: 'hi' },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, octet) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = octet;
        const result = await read(damaged).catch((error: unknown) => error);
        if (!Array.isArray(result)) expect(result).toMatchObject({ name: 'ArchiveError' });
      }),
      { numRuns: 2000 },
    );
  });
});

function resized(size: number): ZipPart {
  return {
    ...file,
    changeLocal: (r) => r.writeUInt32LE(size, 22),
    changeCentral: (r) => r.writeUInt32LE(size, 24),
  };
}

/** Content of `file` that makes a valid tar header of the first block, where it begins after so many bytes. */
function tarIn(before: number): Buffer {
  const header = Buffer.alloc(512);
  // The checksum of the zip's own header counts too, so values are tried.
  for (let sum = 1000; sum < 12_000; sum++) {
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    const block = zip([{ ...file, method: 0, content: header.subarray(before) }]).subarray(0, 512);
    const total = block.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 0x20 : byte), 0);
    if (total === sum) return header.subarray(before);
  }
  throw new Error('no sum fits');
}

function isoIn(before: number): Buffer {
  const content = Buffer.alloc(34_000);
  content.write('CD001', 32_769 - before);
  return content;
}
