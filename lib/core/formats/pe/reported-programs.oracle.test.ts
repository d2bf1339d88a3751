/** Small programs after public reports: each is signed as osslsigncode and sbverify want it, or refused for one precise reason. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { integer, sequence } from '../../pki/asn1/index.ts';
import { memorySource } from '../random-access.ts';
import { extractPeSignatures, parsePe } from './index.ts';
import { createJudge, judges } from './judge.fixture.ts';
import { buildProgram, offsets, winCertificate, withField, withTable } from './program.fixture.ts';

const dir = mkdtempSync(join(tmpdir(), 'countersign-reported-'));
const { expectAccepted } = createJudge(dir);
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** The same situations as whole files, where they are at hand. */
const files = resolve(import.meta.dirname, '../../../../../shared/cases/reports/pe');
const at = offsets('pe32+');
const plain = buildProgram();
const concat = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
const entry = concat(winCertificate(sequence(integer(0)), { length: 16 }), new Uint8Array(3));
const text = (value: string) => new TextEncoder().encode(value);

const signed: readonly (readonly [string, Uint8Array])[] = [
  ['01-plain.exe', plain],
  ['02-odd-length.exe', buildProgram({ overlay: text('odd') })],
  ['03-lfanew-unaligned-0x7a.efi', buildProgram({ headerOffset: 0x7a, subsystem: 10 })],
  ['16-wrong-checksum.exe', withField(plain, at.checksum, 0xdeadbeef)],
  ['17-pe32-overlay-7.exe', buildProgram({ format: 'pe32', overlay: new Uint8Array(7).fill(1) })],
];

const refused: readonly (readonly [string, Uint8Array, string, RegExp])[] = [
  ['04-lfanew-inside-dos-header.exe', withField(plain, 60, 16), 'BAD_HEADER', /e_lfanew 16/],
  [
    '05-table-then-overlay.exe',
    concat(withTable(plain, entry), text('PAYLOAD!')),
    'TRAILING_DATA_AFTER_TABLE',
    /8 bytes stand after the certificate table/,
  ],
  [
    '06-stale-directory-size-zero.exe',
    withField(plain, at.certificateDirectory, plain.length),
    'CERTIFICATE_DIRECTORY_INVALID',
    /offset 1536 but size 0/,
  ],
  [
    '07-stale-directory-past-end.exe',
    withField(withField(plain, at.certificateDirectory, 36_864), at.certificateDirectory + 4, 8192),
    'CERTIFICATE_TABLE_OUT_OF_BOUNDS',
    /takes bytes 36864 to 45056/,
  ],
  [
    '08-data-smuggled-in-table.exe',
    withTable(plain, concat(entry, new Uint8Array(64).fill(0x5a))),
    'CERTIFICATE_TABLE_TRAILING_DATA',
    /bytes after the signature in its table/,
  ],
  ['10-four-directories.exe', buildProgram({ directories: 4 }), 'TOO_FEW_DIRECTORIES', /4 data directories/],
  [
    '11-section-past-end.exe',
    buildProgram({ sectionRawSize: 0x4000, sectionVirtualSize: 0x4000 }),
    'SECTION_OUT_OF_BOUNDS',
    /section 1 ends at byte 17408/,
  ],
  [
    '12-raw-size-rounded-past-end.exe',
    buildProgram({ sectionRawSize: 0x1000, sectionVirtualSize: 496 }),
    'SECTION_OUT_OF_BOUNDS',
    /section 1 ends at byte 5120/,
  ],
  [
    '13-size-of-headers-small.exe',
    buildProgram({ sizeOfHeaders: 256 }),
    'BAD_HEADER',
    /SizeOfHeaders is 256/,
  ],
  ['14-size-of-headers-zero.exe', buildProgram({ sizeOfHeaders: 0 }), 'BAD_HEADER', /SizeOfHeaders is 0/],
  ['15-no-sections.exe', withField(plain, at.sectionCount, 0, 2), 'BAD_HEADER', /no sections/],
];

function variants(name: string, built: Uint8Array): readonly Uint8Array[] {
  const file = join(files, name);
  return existsSync(file) ? [built, readFileSync(file)] : [built];
}

describe.skipIf(lacksTools(...judges))('signed, with osslsigncode’s digest and a right checksum', () => {
  test.each(signed)('%s', async (name, built) => {
    for (const program of variants(name, built)) await expectAccepted(program);
  });
});

describe('refused', () => {
  test.each(refused)('%s', async (name, built, code, reason) => {
    for (const program of variants(name, built)) {
      await expect(parsePe(memorySource(program))).rejects.toMatchObject({
        code,
        message: expect.stringMatching(reason) as string,
        fix: expect.stringMatching(/.{20,}\.$/) as string,
      });
    }
  });
});

test('09-two-signatures-in-table.efi carries two, and both are read', async () => {
  for (const program of variants('09-two-signatures-in-table.efi', withTable(plain, concat(entry, entry)))) {
    const source = memorySource(program);
    expect(await extractPeSignatures(source, await parsePe(source))).toHaveLength(2);
  }
});
