import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { octetString, sequence } from '../../pki/asn1/index.ts';
import { memorySource, RandomAccessError } from '../random-access.ts';
import { extractPeSignatures, parsePe, PeError } from './index.ts';
import { buildProgram, offsets, peOffset, winCertificate, withField, withTable } from './program.fixture.ts';

const parse = (program: Uint8Array) => parsePe(memorySource(program));
const refusal = (code: string) =>
  expect.objectContaining({
    code,
    offset: expect.any(Number) as number,
    fix: expect.stringMatching(/.{10,}/) as string,
  }) as object;
const at = offsets('pe32+');
/** 16 bytes of DER: with the header of WIN_CERTIFICATE a table of 24. */
const signature = sequence(octetString(new Uint8Array(12)));

const sectionTable = at.optional + 112 + 16 * 8;
/** A second section, with bytes in the file where it is said to have them. */
const withSecondSection = (rawOffset: number, rawSize: number, subsystem = 3) => {
  const second = sectionTable + 40;
  const two = withField(buildProgram({ subsystem }), at.sectionCount, 2, 2);
  return withField(withField(two, second + 16, rawSize), second + 20, rawOffset);
};

describe.each(['pe32', 'pe32+'] as const)('%s', (format) => {
  test('finds checksum, certificate directory and certificate table', async () => {
    const unsigned = await parse(buildProgram({ format }));
    expect(unsigned).toMatchObject({
      format,
      checksumOffset: peOffset + 88,
      certificateDirectoryOffset: peOffset + (format === 'pe32' ? 152 : 168),
      certificateTable: null,
    });
    const signed = await parse(withTable(buildProgram({ format }), winCertificate(signature), format));
    expect(signed.certificateTable).toEqual({
      offset: 0x600,
      sizeBytes: 24,
      entries: [{ pkcs7Offset: 0x608, pkcs7SizeBytes: 16 }],
    });
  });

  test('refuses fewer than five data directories', async () => {
    await expect(parse(buildProgram({ format, directories: 4 }))).rejects.toEqual(
      refusal('TOO_FEW_DIRECTORIES'),
    );
    await expect(parse(buildProgram({ format, directories: 5 }))).resolves.toMatchObject({ format });
  });
});

test('accepts a section without bytes in the file, wherever it points', async () => {
  for (const place of [0, 0x200, 0x401])
    await expect(parse(withSecondSection(place, 0))).resolves.toMatchObject({ sizeBytes: 0x600 });
});

test('accepts sections that share bytes in a program for Windows, which hashes the file as it lies', async () => {
  for (const place of [0x400, 0x5ff])
    await expect(parse(withSecondSection(place, 1))).resolves.toMatchObject({ sizeBytes: 0x600 });
});

test('accepts data after the sections', async () => {
  await expect(parse(buildProgram({ overlay: Uint8Array.of(1, 2, 3) }))).resolves.toMatchObject({
    sizeBytes: 0x603,
  });
});

test('reports what the headers state about the program', async () => {
  const efi = buildProgram({ headerOffset: 0x7a, characteristics: 0x222e, subsystem: 10, directories: 6 });
  expect(await parse(efi)).toMatchObject({
    headerOffset: 0x7a,
    characteristics: 0x222e,
    subsystem: 10,
    directoryCount: 6,
  });
});

test.each([
  ['an empty file', new Uint8Array(0), 'NOT_PE'],
  ['an ELF file', Uint8Array.from(Buffer.from('\x7fELF'.padEnd(64, '\0'), 'latin1')), 'NOT_PE'],
  ['MZ alone', Uint8Array.of(0x4d, 0x5a), 'TRUNCATED'],
  ['e_lfanew inside the DOS header', withField(buildProgram(), 60, 16), 'BAD_HEADER'],
  ['e_lfanew beside the header', withField(buildProgram(), 60, peOffset + 2), 'NOT_PE'],
  ['e_lfanew of 4 GiB', withField(buildProgram(), 60, 0xfffffffc), 'BAD_HEADER'],
  ['e_lfanew after the end', withField(buildProgram(), 60, 0x10000), 'TRUNCATED'],
  ['a DOS program', withField(buildProgram(), peOffset, 0x454e), 'NOT_PE'],
  ['headers that are cut off', buildProgram().subarray(0, peOffset + 60), 'TRUNCATED'],
  ['no optional header', withField(buildProgram(), at.optionalSize, 0, 2), 'BAD_HEADER'],
  ['a short optional header', withField(buildProgram(), at.optionalSize, 100, 2), 'BAD_HEADER'],
  ['an unknown magic', withField(buildProgram(), at.optional, 0x107, 2), 'BAD_HEADER'],
  ['17 data directories', withField(buildProgram(), at.directoryCount, 17), 'BAD_HEADER'],
  [
    'directories over the header’s end',
    withField(buildProgram(), at.optionalSize, 112 + 40, 2),
    'BAD_HEADER',
  ],
  ['no sections', withField(buildProgram(), at.sectionCount, 0, 2), 'BAD_HEADER'],
  ['a section table after the end', withField(buildProgram(), at.sectionCount, 0xffff, 2), 'TRUNCATED'],
  ['SizeOfHeaders inside the headers', buildProgram({ sizeOfHeaders: 64 }), 'BAD_HEADER'],
  ['SizeOfHeaders after the end', buildProgram({ sizeOfHeaders: 0x10000 }), 'BAD_HEADER'],
  [
    'a section after the end',
    buildProgram({ sectionRawSize: 0x201, sectionVirtualSize: 0x201 }),
    'SECTION_OUT_OF_BOUNDS',
  ],
  ['a program that is cut off', buildProgram().subarray(0, 0x5ff), 'SECTION_OUT_OF_BOUNDS'],
  ['a section in the headers', withField(buildProgram(), sectionTable + 20, 0x100), 'SECTION_OVERLAP'],
  ['a second section in the headers', withSecondSection(0x150, 0x10), 'SECTION_OVERLAP'],
  ['two sections with the same bytes for firmware', withSecondSection(0x5ff, 1, 10), 'SECTION_OVERLAP'],
  ['a section around another for firmware', withSecondSection(0x400, 0x200, 10), 'SECTION_OVERLAP'],
])('refuses %s', async (_name, program, code) => {
  await expect(parse(program)).rejects.toEqual(refusal(code));
});

const program = buildProgram();
const table = winCertificate(signature);
const signed = withTable(program, table);
const entry = at.certificateDirectory;
const concat = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

test.each([
  ['a size without an offset', withField(signed, entry, 0), 'CERTIFICATE_DIRECTORY_INVALID'],
  ['an offset without a size', withField(signed, entry + 4, 0), 'CERTIFICATE_DIRECTORY_INVALID'],
  [
    'an unaligned table',
    withTable(buildProgram({ overlay: Uint8Array.of(1) }), table),
    'CERTIFICATE_TABLE_UNALIGNED',
  ],
  ['a table after the end', withField(signed, entry, 0x608), 'CERTIFICATE_TABLE_OUT_OF_BOUNDS'],
  [
    'a table whose end wraps round',
    withField(signed, entry + 4, 0xfffffff8),
    'CERTIFICATE_TABLE_OUT_OF_BOUNDS',
  ],
  [
    'a table inside the headers',
    withField(withField(signed, entry, 0x200), entry + 4, 0x418),
    'CERTIFICATE_TABLE_OUT_OF_BOUNDS',
  ],
  [
    'a table over a section',
    withTable(program.subarray(0, 0x400), concat(winCertificate(signature))),
    'SECTION_OUT_OF_BOUNDS',
  ],
  ['bytes after the table', concat(signed, new Uint8Array(8)), 'TRAILING_DATA_AFTER_TABLE'],
  ['a table of 8 bytes', withTable(program, new Uint8Array(8)), 'CERTIFICATE_TABLE_LENGTH'],
  [
    'an entry longer than its table',
    withTable(program, winCertificate(signature, { length: 25 })),
    'CERTIFICATE_TABLE_LENGTH',
  ],
  [
    'an entry of its header only',
    withTable(program, winCertificate(signature, { length: 8 })),
    'CERTIFICATE_TABLE_LENGTH',
  ],
  [
    'an entry shorter than its signature',
    withTable(program, winCertificate(signature, { length: 16 })),
    'CERTIFICATE_TABLE_LENGTH',
  ],
  [
    'revision 1',
    withTable(program, winCertificate(signature, { revision: 0x100 })),
    'CERTIFICATE_TABLE_TYPE',
  ],
  ['an X.509 entry', withTable(program, winCertificate(signature, { type: 1 })), 'CERTIFICATE_TABLE_TYPE'],
  [
    '8 zeros behind the signature',
    withTable(program, winCertificate(concat(signature, new Uint8Array(8)))),
    'CERTIFICATE_TABLE_TRAILING_DATA',
  ],
  [
    'a byte in the padding',
    withTable(program, winCertificate(concat(signature, Uint8Array.of(1)))),
    'CERTIFICATE_TABLE_TRAILING_DATA',
  ],
  [
    'a second entry of another kind',
    withTable(program, concat(table, winCertificate(signature, { type: 1 }))),
    'CERTIFICATE_TABLE_TRAILING_DATA',
  ],
  [
    'a second entry that is longer than its table',
    withTable(program, concat(table, winCertificate(signature, { length: 32 }))),
    'CERTIFICATE_TABLE_TRAILING_DATA',
  ],
  [
    'a second entry that contains no DER',
    withTable(program, concat(table, winCertificate(new Uint8Array(16)))),
    'SIGNATURE_INVALID',
  ],
  [
    'a byte between two entries',
    withTable(
      program,
      concat(winCertificate(concat(signature, Uint8Array.of(1)), { length: 24 }), new Uint8Array(7), table),
    ),
    'CERTIFICATE_TABLE_TRAILING_DATA',
  ],
  [
    'data behind the second entry',
    withTable(program, concat(table, table, new Uint8Array(24).fill(0x5a))),
    'CERTIFICATE_TABLE_TRAILING_DATA',
  ],
  [
    '17 entries',
    withTable(program, concat(...Array<Uint8Array>(17).fill(table))),
    'CERTIFICATE_TABLE_ENTRIES',
  ],
  [
    'a signature that is not DER',
    withTable(program, winCertificate(new Uint8Array(16))),
    'SIGNATURE_INVALID',
  ],
  [
    'a signature in BER',
    withTable(program, winCertificate(Uint8Array.of(0x30, 0x80, 0, 0))),
    'SIGNATURE_INVALID',
  ],
])('refuses a certificate table with %s', async (_name, file, code) => {
  await expect(parse(file)).rejects.toEqual(refusal(code));
});

test('returns the signature without up to 7 zeros of padding, wherever they are counted', async () => {
  for (let zeros = 0; zeros < 8; zeros++) {
    const padded = concat(signature, new Uint8Array(zeros));
    for (const length of [8 + padded.length, 8 + signature.length]) {
      const source = memorySource(withTable(program, winCertificate(padded, { length })));
      expect(await extractPeSignatures(source, await parsePe(source))).toEqual([signature]);
    }
  }
});

test('returns every entry of the table, padded inside or outside its length', async () => {
  const other = sequence(octetString(new Uint8Array(13)));
  const inside = winCertificate(concat(other, new Uint8Array(7)));
  const outside = concat(winCertificate(other), new Uint8Array(7));
  for (const file of [
    concat(inside, table),
    concat(outside, table),
    concat(table, outside),
    concat(table, inside),
  ]) {
    const source = memorySource(withTable(program, file));
    const found = await extractPeSignatures(source, await parsePe(source));
    expect(found.map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([16, 17]);
  }
  const many = memorySource(withTable(program, concat(...Array<Uint8Array>(16).fill(table))));
  expect(await extractPeSignatures(many, await parsePe(many))).toHaveLength(16);
});

test('refuses a signature whose inside is malformed', async () => {
  const source = memorySource(withTable(program, winCertificate(Uint8Array.of(0x30, 2, 0x04, 0x05))));
  const layout = await parsePe(source);
  await expect(extractPeSignatures(source, layout)).rejects.toEqual(refusal('SIGNATURE_INVALID'));
});

test('notices a file that shrinks while it is read', async () => {
  const source = {
    size: 0x600,
    read: async (offset: number, length: number) => program.subarray(offset, offset + length - 1),
  };
  await expect(parsePe(source)).rejects.toBeInstanceOf(RandomAccessError);
});

test('any damage to a program either parses or is refused as PeError', async () => {
  const damage = fc.array(fc.tuple(fc.nat(0x220), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(damage, fc.option(fc.nat(signed.length)), async (changes, cut) => {
      const file = Uint8Array.from(signed);
      for (const [offset, value] of changes) file[offset] = value;
      const source = memorySource(cut === null ? file : file.subarray(0, cut));
      try {
        const layout = await parsePe(source);
        await extractPeSignatures(source, layout);
        expect(layout.certificateDirectoryOffset + 8).toBeLessThanOrEqual(source.size);
      } catch (error) {
        expect(error).toBeInstanceOf(PeError);
      }
    }),
    { numRuns: 2000 },
  );
});
