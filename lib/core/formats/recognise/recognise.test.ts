import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compoundFile } from '../cfb/cfb.fixture.ts';
import { installer, patchClass } from '../msi/msi.fixture.ts';
import { buildProgram } from '../pe/program.fixture.ts';
import { memorySource } from '../random-access.ts';
import { tar } from '../tar/tar.fixture.ts';
import { zip } from '../zip/zip.fixture.ts';
import { findEmbedded } from './embedded.ts';
import { recognise } from './index.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const padded = (at: number, text: string, size = at + text.length + 64) => {
  const bytes = Buffer.alloc(Math.max(size, at + text.length));
  bytes.write(text, at, 'latin1');
  return bytes;
};
const found = async (bytes: Uint8Array) =>
  (await recognise(memorySource(bytes))).found.map((recognised) => recognised.format);
/** Without guesses at Brotli, which has no mark: much text begins like it, and doesn't unpack. */
const foundSurely = async (bytes: Uint8Array) =>
  (await recognise(memorySource(bytes))).found.flatMap(({ format, tentative }) =>
    tentative === true && format === 'brotli' ? [] : [format],
  );
const wordDocument = await compoundFile([], { clsid: '0609020000000000c000000000000046' });
const [msi, patch] = [await installer(), await installer({}, { version: 4, clsid: patchClass })];
const inner = zip([{ name: 'a.exe', content: buildProgram() }]);
const archive = tar({ name: 'a.exe', content: 'x' });
const text = 'The quick brown fox. '.repeat(200);

describe('what a file is, by its bytes', () => {
  test.each<[string, Uint8Array]>([
    ['zip', inner],
    ['zip', inner.subarray(0, 40)],
    ['zip', zip([])],
    ['tar', archive],
    ['tar', tar({ name: 'v7', content: 'x', magic: '\0'.repeat(8) })],
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(Buffer.from(text))],
    ['zlib', deflateSync(text)],
    ['brotli', brotliCompressSync(text)],
    ['ar', latin1('!<arch>\n')],
    ['cpio', latin1(`070701${'0'.repeat(104)}`)],
    ['split-zip', latin1('PK\x07\x08PK\x03\x04')],
    ['7z', latin1('7z\xbc\xaf\x27\x1c\0\x04')],
    ['rar', latin1('Rar!\x1a\x07\x01\0')],
    ['rar', latin1('Rar!\x1a\x07\0')],
    ['cab', latin1('MSCF\0\0\0\0')],
    ['ole', latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')],
    ['ole', wordDocument],
    ['msi', msi],
    ['msi', patch],
    ['chm', latin1('ITSF\x03\0\0\0')],
    ['wim', latin1('MSWIM\0\0\0')],
    ['xz', latin1('\xfd7zXZ\0\0\x04')],
    ['bzip2', latin1('BZh91AY&SY')],
    ['lzip', latin1('LZIP\x01\x0c')],
    ['lz4', latin1('\x04\x22\x4d\x18\x64')],
    ['skippable-frame', latin1('\x5e\x2a\x4d\x18\x04\0\0\0abcd')],
    ['compress', latin1('\x1f\x9d\x90abc')],
    ['lzma', latin1(`\x5d\0\0\x80\0${'\xff'.repeat(8)}\0abcdef`)],
    ['iso', padded(0x8001, 'CD001')],
    ['iso', padded(0x8001, 'BEA01')],
    ['squashfs', padded(0, 'hsqs', 128)],
    ['filesystem', padded(3, 'NTFS    ')],
    ['partitioned-disk', padded(512, 'EFI PART\0\0\x01\0')],
    ['virtual-disk', latin1('vhdxfile')],
    ['dmg', Buffer.concat([Buffer.alloc(100, 'x'), padded(0, 'koly\0\0\0\x04\0\0\x02\0', 512)])],
    ['virtual-disk', Buffer.concat([Buffer.alloc(100, 'x'), padded(0, 'conectix', 512)])],
    ['jimage', latin1('\xda\xda\xfe\xca')],
    ['flash', latin1('CWS\x09')],
    ['age', latin1('age-encryption.org/v1\n')],
    ['openpgp', latin1('-----BEGIN PGP MESSAGE-----\n')],
    ['openpgp', latin1('\xc1\x0c\x03abcdefgh\x01\0\0\xd2\x20\x01')],
    ['openssl-enc', latin1('Salted__12345678')],
    ['cms-enveloped', latin1('\x30\x82\x01\0\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03')],
    ['luks', latin1('LUKS\xba\xbe')],
    ['encrypted-pdf', latin1('%PDF-1.7\ntrailer<</Encrypt 5 0 R>>')],
    ['encrypted-pdf', latin1('%PDF-1.7\ntrailer<</#45ncr#79pt 5 0 R>>')],
    // What gzip, xz, Python, bsdtar or 7-Zip unpack though it isn’t as its specification says.
    ['gzip', latin1('\x1f\x8b\x08\x80\0\0\0\0\0\x03abcdefgh')],
    ['early-gzip', latin1('\x1f\x9e\x08\0\0\0\0\0\0\x03abcdefgh')],
    ['early-gzip', latin1('\x1f\x1e\0\0\0\x44\x02\x01\x00ab')],
    ['early-zstd', latin1('\x25\xb5\x2f\xfd\x04\0\0abcdef')],
    ['early-zstd', latin1('\xfd\x2f\xb5\x1e\x04\0\0abcdef')],
    ['compress', latin1('\x1f\x9d\xf0abc')],
    ['lzma', latin1(`\x5d\0\x04\0\0${'\xff'.repeat(8)}\0abcdef`)],
    ['cab', latin1(`MSCF\x01\0\0\0${'\0'.repeat(40)}`)],
    ['ppmd', latin1('\x8f\xaf\xac\x84')],
    ['warc', latin1('WARC/1.0\r\n')],
    ['asar', latin1('\x04\0\0\0\x18\0\0\0\x14\0\0\0\x0e\0\0\0 \n{"files":{}}\0')],
    ['asar', latin1('\x04\0\0\0\x1c\0\0\0\x14\0\0\0\0\0\0\0\x0e\0\0\0{"files":{}}  \0')],
    // Brotli that holds its content as it is: a text file to whoever looks for control characters.
    ['brotli', latin1(`\x8b\x1f\x80${'a'.repeat(64)}\x03`)],
    ['filesystem', fat()],
    ['filesystem', ext()],
    ['partitioned-disk', partitioned()],
    ['partitioned-disk', Buffer.concat([padded(0, 'ER\x02\0', 512), padded(0, 'PM\0\0', 512)])],
    ['partitioned-disk', padded(4096, 'gDla4\0\0\0')],
    ['partitioned-disk', padded(512, 'LABELONE')],
    ['virtual-disk', latin1('\x3a\xff\x26\xed\x01\0\0\0')],
    ['uuencode', latin1('begin 644 a.com\n#0V%T\n`\nend\n')],
    ['uuencode', latin1('# some text\nbegin-base64 644 a.com\nQ2F0\n====\n')],
    ['openssl-enc', latin1('U2FsdGVkX18xMjM0NTY3OA==\n')],
    ['ansible-vault', latin1('$ANSIBLE_VAULT;1.1;AES256\n6162\n')],
    ['aes-crypt', latin1('AES\x02\0\0\x1bCREATED_BY')],
    ['keepass', latin1('\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5')],
    ['cms-enveloped', latin1('\x30\x80\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17')],
    ['cms-compressed', latin1('\x30\x80\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09')],
    ['cms-enveloped', latin1('-----BEGIN CMS-----\nMIIBAAYJKoZIhvcNAQcDoIIBADCC\n-----END CMS-----\n')],
    [
      'cms-enveloped',
      latin1('From: a@b\nContent-Type: application/pkcs7-mime;\n smime-type=enveloped-data\n\nMIIB\n'),
    ],
    [
      'openpgp',
      latin1(`${'words '.repeat(1000)}\n-----BEGIN PGP MESSAGE-----\n\nhQEMA8a3b5c7d9e1f2g3h4i5j6k7l8\n`),
    ],
    [
      'openpgp-compressed',
      Buffer.concat([latin1('\xa3\x01'), deflateRawSync(latin1('\xcb\x06b\0\0\0\0\0'))]),
    ],
  ])('%s', async (format, bytes) => {
    expect(await found(bytes)).toEqual([format]);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from(text)],
    ['zeros', Buffer.alloc(200_000)],
    ['a program', buildProgram()],
    ['a program with some bytes behind it', buildProgram({ overlay: Buffer.from('version 7') })],
    [
      'a program that knows archives',
      buildProgram({
        overlay: latin1('a: PK\x03\x04 PK\x05\x06 7z\xbc\xaf\x27\x1c Rar!\x1a\x07 MSCF\0\0\0\0'),
      }),
    ],
    ['a PDF', latin1('%PDF-1.7\n/EncryptMetadata')],
    ['a signature', latin1('-----BEGIN PGP SIGNATURE-----\n')],
    ['a program about messages', Buffer.from("const a = '-----BEGIN PGP MESSAGE-----';\n")],
    ['a font', latin1('\0\x01\0\0\0\x0e\0\x80\0\x03\0\x60FFTM')],
    ['an icon', latin1('\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0')],
    ['a script', Buffer.from('#!/bin/sh\nBZIP=1\nPATH=/bin\nexit 0\n')],
    ['a guide to uuencode', Buffer.from('A file starts with\nbegin 644 name\nand goes on with lines.\n')],
    ['certificates', latin1('-----BEGIN PKCS7-----\nMIIBAAYJKoZIhvcNAQcCoIIBADCC\n-----END PKCS7-----\n')],
    ['a guide to PGP', Buffer.from(`${text}\n-----BEGIN PGP MESSAGE-----\n\n...\n`)],
    ['a sound', latin1('AESTHETICS')],
  ])('not %s', async (_, bytes) => {
    expect(await foundSurely(bytes)).toEqual([]);
  });
});

describe('what hides behind or inside something else', () => {
  const sevenZip = () => {
    const header = Buffer.alloc(32);
    header.write('7z\xbc\xaf\x27\x1c\0\x04', 'latin1');
    header.writeUInt32LE(crc(header.subarray(12)), 8);
    return header;
  };

  test.each<[string, string, Uint8Array]>([
    [
      'a zip behind a picture',
      'zip',
      Buffer.concat([latin1('\x89PNG\r\n\x1a\n'), Buffer.alloc(5000, 'p'), inner]),
    ],
    ['a zip behind a program', 'zip', buildProgram({ overlay: inner })],
    [
      'a zip with bytes after it',
      'zip',
      Buffer.concat([buildProgram({ overlay: inner }), Buffer.alloc(900, 's')]),
    ],
    [
      'a zip far from the end',
      'zip',
      Buffer.concat([Buffer.alloc(5000, 'a'), inner, Buffer.alloc(200_000, 'b')]),
    ],
    ['a tar behind a program', 'tar', buildProgram({ overlay: archive })],
    ['a gzip behind a script', 'gzip', Buffer.concat([Buffer.from('#!/bin/sh\nexit 0\n'), gzipSync('x')])],
    ['a 7z anywhere', '7z', Buffer.concat([Buffer.alloc(3_000_000, 'a'), sevenZip()])],
    [
      'a gzip in a picture',
      'gzip',
      Buffer.concat([latin1('\x89PNG\r\n\x1a\n'), gzipSync('x'), latin1('IEND')]),
    ],
    [
      'a Zstandard stream in text',
      'zstd',
      Buffer.concat([Buffer.from(text), zstdCompressSync(Buffer.from(text))]),
    ],
    ['a cabinet with something in its reserved fields', 'cab', Buffer.concat([Buffer.from(text), cabinet()])],
    [
      'a disk image with something behind it',
      'dmg',
      Buffer.concat([padded(0, 'koly\0\0\0\x04\0\0\x02\0', 512), Buffer.alloc(9, 'x')]),
    ],
    [
      'an NSIS installer with its data far behind the program',
      'nsis',
      Buffer.concat([
        Buffer.from(buildProgram()),
        Buffer.alloc(2_000_384 - (buildProgram().length % 512)),
        latin1('\0\0\0\0\xef\xbe\xad\xdeNullsoftInst\0\0\0\0'),
      ]),
    ],
    [
      'a PyInstaller program with bytes behind it',
      'pyinstaller',
      buildProgram({
        overlay: Buffer.concat([
          latin1(`${'x'.repeat(500)}MEI\x0c\x0b\x0a\x0b\x0e\0\0\x01\0\0\0\0\x40\0\0\0\x40\0\0\x01\x37`),
          Buffer.alloc(200_000, 'y'),
        ]),
      }),
    ],
    ['a zip without its directory', 'zip-entry', Buffer.concat([Buffer.from(text), inner.subarray(0, 60)])],
    [
      'a zip whose end record has another size',
      'zip',
      wrongEnd((end) => end.writeUInt32LE(end.readUInt32LE(12) + 1, 12)),
    ],
    ['a zip whose end record is empty', 'zip-entry', wrongEnd((end) => end.fill(0, 4, 20))],
    ['a zip of disk 2', 'split-zip', wrongEnd((end) => end.writeUInt16LE(1, 4))],
    ['a zip64 whose old record is empty', 'zip', zip64Behind()],
    ['a zip64 whose records lead nowhere', 'zip', zip64Behind((long) => long.fill(0xff, 40, 56))],
    ['a 7z across two chunks', '7z', Buffer.concat([Buffer.alloc(1024 * 1024 - 3, 'a'), sevenZip()])],
    ['a SquashFS behind a program', 'squashfs', buildProgram({ overlay: padded(0, 'hsqs', 256) })],
    [
      'an NSIS installer',
      'nsis',
      buildProgram({ overlay: latin1('\0\0\0\0\xef\xbe\xad\xdeNullsoftInst\0\0\0\0') }),
    ],
    ['an Inno installer', 'inno', buildProgram({ overlay: latin1('zlb\x1aabc') })],
    [
      'a PyInstaller program',
      'pyinstaller',
      buildProgram({ overlay: latin1(`${'x'.repeat(500)}MEI\x0c\x0b\x0a\x0b\x0e`) }),
    ],
  ])('%s', async (_, format, bytes) => {
    expect(await foundSurely(bytes)).toEqual([format]);
  });

  test('names both if one file is two things', async () => {
    const both = Buffer.concat([padded(0x8001, 'CD001', 0x9000), inner]);
    expect((await found(both)).sort()).toEqual(['iso', 'zip']);
    const tarAndZip = tar({ name: 'a.zip', content: inner });
    expect((await found(tarAndZip)).sort()).toEqual(['tar', 'zip']);
    const named = tar({ name: latin1('Rar!\x1a\x07'), content: 'x' });
    expect((await found(named)).sort()).toEqual(['rar', 'tar']);
  });

  test('says where the archive begins and ends', async () => {
    const behind = Buffer.concat([Buffer.alloc(700, 'x'), inner, Buffer.alloc(50, 'y')]);
    expect((await recognise(memorySource(behind))).found).toEqual([
      { format: 'zip', start: 700, end: 700 + inner.length, behindOtherBytes: true },
    ]);
  });

  test('stops searching if there are implausibly many archives', async () => {
    const many = Buffer.concat(Array.from({ length: 1100 }, () => latin1('aaPK\x05\x06aa')));
    expect((await recognise(memorySource(many))).more).toBe(true);
  });
});

function wrongEnd(change: (end: Buffer) => void): Buffer {
  const archive = Buffer.from(inner);
  change(archive.subarray(archive.length - 22));
  return Buffer.concat([Buffer.from(text), archive]);
}

/** Python and 7-Zip believe the long record whatever the short one says. */
function zip64Behind(change?: (longRecord: Buffer) => void): Buffer {
  const archive = zip([{ name: 'a.exe', content: 'x' }], { zip64: true });
  change?.(archive.subarray(archive.length - 98, archive.length - 42));
  archive.fill(0, archive.length - 18, archive.length - 2);
  return Buffer.concat([Buffer.from(text), archive]);
}

function cabinet(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write('MSCF\x01\0\0\0', 'latin1');
  for (const [at, value] of [
    [8, 64],
    [12, 7],
    [16, 44],
    [24, 0x0103],
    [26, 1],
    [28, 1],
  ] as const)
    bytes.writeUInt32LE(value, at);
  return bytes;
}

/** A file system whose name isn’t written where people look for it. */
function fat(): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes.write('\xeb\x3c\x90MSDOS5.0', 'latin1');
  bytes.writeUInt16LE(512, 11);
  bytes.set([1, 1, 0, 2, 0xe0, 0, 0x40, 0x0b, 0xf0], 13);
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

/** Of a creator and a revision that nobody knows. */
function ext(): Buffer {
  const bytes = Buffer.alloc(4096);
  for (const [at, value] of [
    [0, 16],
    [4, 64],
    [20, 1],
    [24, 0],
    [72, 77],
    [76, 9],
  ] as const)
    bytes.writeUInt32LE(value, 1024 + at);
  bytes.writeUInt16LE(0xef53, 1080);
  return bytes;
}

/** The second partition lies outside the file. */
function partitioned(): Buffer {
  const bytes = Buffer.alloc(8192);
  bytes.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0], 446);
  bytes.set([0, 0, 0, 0, 0x83, 0, 0, 0, 0xff, 0xff, 0xff, 0, 4, 0, 0, 0], 462);
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}

test('of a file full of marks, headers are read where the search has them, not from the file again', async () => {
  const marks = Buffer.alloc(3 * 1024 * 1024);
  for (let at = 0; at < marks.length; at += 4) marks.set([0x60, 0xea, 60, 0], at);
  let reads = 0;
  const source = {
    size: marks.length,
    read: (offset: number, length: number) => {
      reads += 1;
      return Promise.resolve(marks.subarray(offset, offset + length));
    },
  };
  expect(await findEmbedded(source, true)).toMatchObject({ more: true });
  // Without that, one for each mark.
  expect(reads).toBeLessThan(100);
});

test('a file of nothing but headers that might be archives is searched for so long only, which is said', async () => {
  // Each has to be held against a checksum over 64 KiB.
  const header = Buffer.from('526172211a0700112273000000ff', 'hex');
  header.writeUInt16LE(0xfff0, 12);
  const flood = Buffer.concat(Array.from({ length: 100_000 }, () => header));
  const { more } = await recognise(memorySource(Buffer.concat([Buffer.from(text), flood])));
  expect(more).toBe(true);
  const few = Buffer.concat([Buffer.from(text), flood.subarray(0, 100 * header.length)]);
  expect((await recognise(memorySource(few))).more).toBe(false);
});
