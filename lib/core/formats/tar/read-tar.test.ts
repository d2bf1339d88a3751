import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect, pieces } from '../archive/stream.fixture.ts';
import { readTar } from './index.ts';
import { paxRecord, setChecksum, tar, tarEnd, tarHeader, tarPart, type TarPart } from './tar.fixture.ts';

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
  test('returns files and folders, in pieces of any size', async () => {
    const bytes = tar({ name: 'a/', typeflag: '5' }, file);
    for (const size of [1, 7, 511, 512, 513, 100_000]) {
      expect(await read(bytes, {}, size)).toEqual([
        { path: 'a', type: 'directory', content: '', issues: [] },
        plain,
      ]);
    }
  });

  test('skips content that is not read', async () => {
    const paths = [];
    const stream = pieces(tar({ name: 'big', content: 'x'.repeat(5000) }, file), 100);
    for await (const record of readTar(stream, new UnpackBudget(defaultUnpackLimits))) {
      if (record.kind === 'end') continue;
      paths.push(record.path);
      for await (const _chunk of record.body) break;
    }
    expect(paths).toEqual(['big', 'a/b.txt']);
  });

  test('joins prefix and name, and uses pax and GNU long names', async () => {
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
  });

  const global = tarPart({
    name: 'pax_global_header',
    typeflag: 'g',
    content: paxRecord('comment', 'f'.repeat(40)),
  });
  const withField = (at: number, value: string): TarPart => ({
    ...file,
    magic: 'ustar  \0',
    change: (header) => header.write(value, at, 'latin1'),
  });

  test('accepts the global comment of git archive', async () => {
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
    ['a name that continues after NUL', tar({ name: 'a\0.exe' }), 'NAME_CHARACTERS'],
    ['an unknown dialect', tar({ ...file, magic: 'other\x0000' }), 'BAD_HEADER'],
    ['an old header', tar({ ...file, magic: '\0\0\0\0\0\0\0\0' }), 'BAD_HEADER'],
    ['a dialect that is ustar to some', tar({ ...file, magic: 'ustar 00', prefix: 'a' }), 'BAD_HEADER'],
    ['a prefix in a GNU header', tar({ ...file, magic: 'ustar  \0', prefix: 'a' }), 'AMBIGUOUS'],
    ['the real size of a sparse file in a GNU header', tar(withField(483, '00000000004')), 'AMBIGUOUS'],
    ['the map of a sparse file in a GNU header', tar(withField(386, '00000000001')), 'AMBIGUOUS'],
    ['a prefix that continues after its end', tar({ ...file, prefix: `a${'\0'.repeat(130)}b` }), 'AMBIGUOUS'],
    ['bytes behind the fields', tar({ ...file, change: (h) => h.write('x', 511) }), 'AMBIGUOUS'],
    ['the target of a link in a file’s header', tar({ ...file, linkname: 'b' }), 'AMBIGUOUS'],
    ['an unknown type', tar({ ...file, typeflag: 'Z' }), 'BAD_HEADER'],
    ['a size that is not a number', tar({ ...file, change: (h) => h.write('zzz', 124) }), 'BAD_HEADER'],
    ['a negative size', tar({ ...file, change: (h) => h.fill(0xff, 124, 136) }), 'BAD_HEADER'],
    [
      'a huge base-256 size',
      tar({ ...file, change: (h) => h.fill(0x7f, 124, 136).fill(0x80, 124, 125) }),
      'BAD_HEADER',
    ],
    ['a folder with content', tar({ name: 'a/', typeflag: '5', size: 5 }), 'AMBIGUOUS'],
    ['a file named like a folder', tar({ name: 'a/', content: 'x' }), 'AMBIGUOUS'],
    ['a file whose header alone names a folder', tar(pax(['path', 'x']), { name: 'a/' }), 'AMBIGUOUS'],
    ['a global header between a file and its own', tar(pax(['mtime', '1']), global, file), 'AMBIGUOUS'],
    ['a name that bzip2 files begin with', tar({ name: 'BZh91AY&SY' }), 'AMBIGUOUS'],
    ['a sparse file', tar({ ...file, typeflag: 'S' }), 'UNSUPPORTED'],
    ['a pax sparse file', tar(pax(['GNU.sparse.major', '1']), file), 'PAX_KEYWORD'],
    ['a pax size that contradicts', tar(pax(['size', '512']), file), 'AMBIGUOUS'],
    ['a pax character set', tar(pax(['hdrcharset', 'BINARY']), file), 'PAX_KEYWORD'],
    [
      'a global path',
      tar(tarPart({ name: 'g', typeflag: 'g', content: paxRecord('path', 'x') }), file),
      'PAX_KEYWORD',
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
    ['comment', 'by git'],
    ['mtime', '1700000000.123456789'],
    ['atime', '-1'],
    ['uid', '4294967295'],
    ['uname', 'größe'],
    ['size', '5'],
    ['LIBARCHIVE.creationtime', '1.5'],
    ['SCHILY.nlink', '2'],
  ])('accepts the pax keyword %s', async (keyword, value) => {
    expect(await read(tar(pax([keyword, value]), file))).toEqual([plain]);
  });

  test.each([
    ['SUN.holesdata', ' 4 5'],
    ['SCHILY.realsize', '3'],
    ['SCHILY.filetype', 'sparse'],
    ['SCHILY.xattr.user.x', 'y'],
    ['LIBARCHIVE.xattr.com.apple.decmpfs', 'eQ'],
    ['SCHILY.acl.access', 'user::rw-'],
    ['SCHILY.fflags', 'compressed'],
    ['linkpath', 'b'],
    ['charset', 'x'],
    // Names of node-tar's own fields.
    ['type', 'SymbolicLink'],
    ['nullBlock', '1'],
  ])('refuses the pax keyword %s by name and says how to omit it', async (keyword, value) => {
    for (const typeflag of ['x', 'g']) {
      const content = paxRecord(keyword, value);
      await expect(read(tar(tarPart({ name: 'x', typeflag, content }), file))).rejects.toMatchObject({
        code: 'PAX_KEYWORD',
        message: expect.stringContaining(`"${keyword}"`) as string,
        fix: expect.stringMatching(/tar|UTF-8/) as string,
      });
    }
  });

  test.each([
    ['mtime', 'x'],
    ['mtime', '1'.repeat(30)],
    ['uid', '-1'],
    ['uname', 'a\nb'],
    ['uname', 'a\0b'],
    ['comment', 'hidden 22 hdrcharset=BINARY'],
    ['SCHILY.ino', 'x'],
  ])('refuses the value of pax keyword %s: %j', async (keyword, value) => {
    await expect(read(tar(pax([keyword, value]), file))).rejects.toMatchObject({ code: 'AMBIGUOUS' });
  });

  const owner = 108;
  const time = 136;
  const mode = 100;
  const device = 329;
  test.each([
    ['left out', owner, '\0'.repeat(8)],
    ['in base-256', owner, '\x80\0\0\x0f\0\0\0\0'],
    ['negative in base-256', time, '\xff'.repeat(12)],
    ['with spaces', owner, '  1750 \0'],
    ['without end', owner, '00001750'],
    ['left out for a device', device, '\0'.repeat(8)],
  ])('accepts a number %s', async (_title, at, value) => {
    const change = (header: Buffer) => header.write(value, at, 'latin1');
    expect(await read(tar({ ...file, change }))).toEqual([plain]);
  });

  // One that Python can't read ends the archive for Python, without a word.
  test.each([
    ['of letters', owner, 'xxxxxxx\0'],
    ['of another base', owner, '0000099\0'],
    ['with a sign', time, '-0000000001\0'],
    ['of spaces', owner, ' '.repeat(8)],
    ['after NUL', owner, '\x00001750\0'],
    ['with more after its end', owner, '0017\x00777'],
    ['in base-256 of a star', owner, '\xc0\0\0\0\0\0\0\0'],
    ['left out', mode, '\0'.repeat(8)],
    ['left out', 124, '\0'.repeat(12)],
    ['in base-256', device, '\x80\0\0\0\0\0\0\x01'],
    ['negative', mode, '\xff'.repeat(8)],
  ])('refuses a number %s', async (_title, at, value) => {
    const change = (header: Buffer) => header.write(value, at, 'latin1');
    await expect(read(tar({ ...file, change }))).rejects.toMatchObject({ code: 'BAD_HEADER' });
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
    ['a name with accents apart', { name: 'cafe\u0301' }, 'NAME_ENCODING'],
    ['a name that is not UTF-8', { name: Uint8Array.of(0x61, 0xff) }, 'NAME_ENCODING'],
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
