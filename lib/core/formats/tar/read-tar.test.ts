import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect, pieces } from '../archive/stream.fixture.ts';
import { readTar } from './index.ts';
import { paxRecord, setChecksum, tar, tarEnd, tarHeader, tarPart } from './tar.fixture.ts';

async function read(bytes: Uint8Array, limits = {}, pieceBytes = 1000) {
  const found = [];
  const budget = new UnpackBudget({ ...defaultUnpackLimits, ...limits });
  for await (const record of readTar(pieces(bytes, pieceBytes), budget)) {
    if (record.kind === 'end') continue;
    const content = (await collect(record.body)).toString('latin1');
    found.push({
      path: record.path,
      type: record.type,
      content,
      issues: record.issues.map(({ code }) => code),
    });
  }
  return found;
}

const plain = { path: 'a/b.txt', type: 'file', content: 'hello', issues: [] };
const pax = (...records: (readonly [string, string])[]) =>
  tarPart({
    name: 'PaxHeader/x',
    typeflag: 'x',
    content: records.map(([key, value]) => paxRecord(key, value)).join(''),
  });
const file = { name: 'a/b.txt', content: 'hello' };

describe('reading tar', () => {
  test('gives files and folders, in pieces of any size', async () => {
    const bytes = tar({ name: 'a/', typeflag: '5' }, file);
    for (const size of [1, 7, 511, 512, 513, 100_000]) {
      expect(await read(bytes, {}, size)).toEqual([
        { path: 'a', type: 'directory', content: '', issues: [] },
        plain,
      ]);
    }
  });

  test('skips content that nobody reads', async () => {
    const paths = [];
    const stream = pieces(tar({ name: 'big', content: 'x'.repeat(5000) }, file), 100);
    for await (const record of readTar(stream, new UnpackBudget(defaultUnpackLimits))) {
      if (record.kind === 'end') continue;
      paths.push(record.path);
      for await (const _chunk of record.body) break;
    }
    expect(paths).toEqual(['big', 'a/b.txt']);
  });

  test('joins prefix and name, and takes pax and GNU long names', async () => {
    const long = `${'folder/'.repeat(40)}file`;
    const longName = tarPart({
      name: '././@LongLink',
      typeflag: 'L',
      content: `${long}\0`,
      magic: 'ustar  \0',
    });
    expect(await read(tar({ ...file, name: 'b.txt', prefix: 'a' }))).toEqual([plain]);
    expect(await read(tar(pax(['mtime', '1.5'], ['path', 'a/b.txt']), { ...file, name: 'other' }))).toEqual([
      plain,
    ]);
    expect(await read(tar(longName, { ...file, magic: 'ustar  \0' }))).toEqual([{ ...plain, path: long }]);
    expect(await read(tar({ ...file, magic: '\0\0\0\0\0\0\0\0' }))).toEqual([plain]);
  });

  test('accepts the global comment of git archive', async () => {
    const global = tarPart({
      name: 'pax_global_header',
      typeflag: 'g',
      content: paxRecord('comment', 'f'.repeat(40)),
    });
    expect(await read(tar(global, file))).toEqual([plain]);
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'TRUNCATED'],
    ['another format', Buffer.alloc(2048, 'abc'), 'WRONG_FORMAT'],
    ['a cut-off header', tar(file).subarray(0, 300), 'TRUNCATED'],
    ['cut-off content', tar(file).subarray(0, 514), 'TRUNCATED'],
    ['no end mark', tarPart(file), 'TRUNCATED'],
    ['half an end mark', Buffer.concat([tarPart(file), Buffer.alloc(512)]), 'TRUNCATED'],
    ['bytes after the end', Buffer.concat([tar(file), Buffer.alloc(512, 1)]), 'TRAILING_DATA'],
    ['an archive after the end', Buffer.concat([tar(file), tar(file)]), 'TRAILING_DATA'],
    ['megabytes of zeros after the end', Buffer.concat([tar(file), Buffer.alloc(2 ** 21)]), 'TRAILING_DATA'],
    ['a few bytes after the end', Buffer.concat([tar(file), Buffer.alloc(100)]), 'TRUNCATED'],
    ['a damaged second header', tar(file, Buffer.alloc(512, 7)), 'BAD_CHECKSUM'],
    ['bytes in the padding', tar(damage(tarPart(file), 1000)), 'HIDDEN_DATA'],
    ['bytes in the padding of an extension', tar(damage(pax(['path', 'x']), 1000), file), 'HIDDEN_DATA'],
    ['a name that goes on after NUL', tar({ name: 'a\0.exe' }), 'NAME_CHARACTERS'],
    ['an unknown dialect', tar({ ...file, magic: 'other\x0000' }), 'BAD_HEADER'],
    [
      'an old header with a prefix',
      tar({ ...file, magic: '\0\0\0\0\0\0\0\0', prefix: 'evil' }),
      'BAD_HEADER',
    ],
    ['an unknown type', tar({ ...file, typeflag: 'Z' }), 'BAD_HEADER'],
    ['a size that is no number', tar({ ...file, change: (h) => h.write('zzz', 124) }), 'BAD_HEADER'],
    ['a negative size', tar({ ...file, change: (h) => h.fill(0xff, 124, 136) }), 'BAD_HEADER'],
    [
      'a huge base-256 size',
      tar({ ...file, change: (h) => h.fill(0x7f, 124, 136).fill(0x80, 124, 125) }),
      'BAD_HEADER',
    ],
    ['a folder with content', tar({ name: 'a/', typeflag: '5', size: 5 }), 'AMBIGUOUS'],
    ['a file named like a folder', tar({ name: 'a/', content: 'x' }), 'AMBIGUOUS'],
    ['a sparse file', tar({ ...file, typeflag: 'S' }), 'UNSUPPORTED'],
    ['a pax sparse file', tar(pax(['GNU.sparse.major', '1']), file), 'UNSUPPORTED'],
    ['a pax size that contradicts', tar(pax(['size', '512']), file), 'AMBIGUOUS'],
    ['a pax character set', tar(pax(['hdrcharset', 'BINARY']), file), 'AMBIGUOUS'],
    [
      'a global path',
      tar(tarPart({ name: 'g', typeflag: 'g', content: paxRecord('path', 'x') }), file),
      'AMBIGUOUS',
    ],
    ['two pax headers', tar(pax(['path', 'x']), pax(['path', 'y']), file), 'AMBIGUOUS'],
    [
      'pax and GNU names',
      tar(pax(['path', 'x']), tarPart({ name: 'L', typeflag: 'L', content: 'y' }), file),
      'AMBIGUOUS',
    ],
    ['a repeated pax keyword', tar(pax(['path', 'x'], ['path', 'y']), file), 'BAD_HEADER'],
    [
      'a wrong pax length',
      tar(tarPart({ name: 'x', typeflag: 'x', content: '99 path=x\n' }), file),
      'BAD_HEADER',
    ],
    [
      'a pax record without newline',
      tar(tarPart({ name: 'x', typeflag: 'x', content: '8 path=x' }), file),
      'BAD_HEADER',
    ],
    [
      'a pax record without keyword',
      tar(tarPart({ name: 'x', typeflag: 'x', content: '5 =x\n' }), file),
      'BAD_HEADER',
    ],
    ['an extension without entry', tar(pax(['path', 'x'])), 'BAD_HEADER'],
    ['a huge extension', tar(tarHeader({ name: 'x', typeflag: 'x', size: 10_000_000 })), 'BAD_HEADER'],
  ])('refuses %s', async (_title, bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ name: 'ArchiveError', code });
  });

  test.each([
    ['a symbolic link', { name: 'a', typeflag: '2', linkname: '/etc/passwd' }, 'LINK'],
    ['a hard link', { name: 'a', typeflag: '1', linkname: 'b' }, 'LINK'],
    ['a GNU long link', { name: '././@LongLink', typeflag: 'K', content: 'b' }, 'LINK'],
    ['a character device', { name: 'a', typeflag: '3' }, 'SPECIAL_FILE'],
    ['a block device', { name: 'a', typeflag: '4' }, 'SPECIAL_FILE'],
    ['a pipe', { name: 'a', typeflag: '6' }, 'SPECIAL_FILE'],
    ['a way out', { name: '../a' }, 'NAME_TRAVERSAL'],
    ['an absolute name', { name: '/a' }, 'NAME_ABSOLUTE'],
    ['a name that is no UTF-8', { name: Uint8Array.of(0x61, 0xff) }, 'NAME_ENCODING'],
  ])('reports %s and reads on', async (_title, part, code) => {
    const found = await read(tar(part, file));
    expect(found.map(({ issues }) => issues)).toEqual([[code], []]);
  });

  test('keeps to the limits on entries, sizes and names', async () => {
    await expect(read(tar(file, file, file), { entryCountMax: 2 })).rejects.toMatchObject({
      code: 'LIMIT_ENTRIES',
    });
    await expect(read(tar(file), { entrySizeBytesMax: 4 })).rejects.toMatchObject({
      code: 'LIMIT_ENTRY_SIZE',
    });
    await expect(read(tar(file, file), { unpackedSizeBytesMax: 9 })).rejects.toMatchObject({
      code: 'LIMIT_TOTAL_SIZE',
    });
    await expect(
      read(tar(pax(['comment', 'x'.repeat(900)]), file), { namesBytesMax: 900 }),
    ).rejects.toMatchObject({
      code: 'LIMIT_NAMES',
    });
    expect((await read(tar({ name: 'a'.repeat(50) }), { nameBytesMax: 49 }))[0]?.issues).toEqual([
      'NAME_LENGTH',
    ]);
    const many = Buffer.concat([
      ...Array.from({ length: 50 }, () => tarPart({ name: 'g', typeflag: 'g' })),
      tarEnd,
    ]);
    await expect(read(many)).rejects.toMatchObject({ code: 'BAD_HEADER' });
  });

  test('ends with entries or an ArchiveError for any damage', async () => {
    const bytes = tar({ name: 'a/', typeflag: '5' }, pax(['path', 'long/name']), file, {
      name: 'c',
      content: 'x'.repeat(600),
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), async (at, octet, repair) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = octet;
        // With a valid checksum the damage reaches what is behind it.
        if (repair)
          setChecksum(damaged.subarray(Math.floor(at / 512) * 512, Math.floor(at / 512) * 512 + 512));
        const result = await read(damaged).catch((error: unknown) => error);
        if (!Array.isArray(result)) expect(result).toMatchObject({ name: 'ArchiveError' });
      }),
      { numRuns: 1000 },
    );
  });
});

function damage(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = 1;
  return copy;
}
