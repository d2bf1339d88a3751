import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embedPeSignatures, parsePe } from '#core/formats/pe/index.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { collect } from '#core/formats/archive/stream.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { lacksTools } from '../../../dev/test/lacks.ts';
import { failed, leafBytes, openBench, pkcs7, program, sha256, type Bench } from '../inspector.fixture.ts';
import type { Inspection, InspectorLimits } from '../index.ts';
import { nsisInstaller, sevenZipOf } from './installers.fixture.ts';

let bench: Bench;
let folder: string;
beforeAll(async () => {
  bench = await openBench();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-installers-')));
});
afterAll(async () => {
  await bench.close();
  await rm(folder, { recursive: true, force: true });
});

const contentOf = ({ leaves }: Inspection) => leaves[0]?.content;
const insideOf = ({ inside }: Inspection) => inside.map(({ path }) => path.at(-1));
const inspect = (bytes: Uint8Array, limits: Partial<InspectorLimits> = {}) =>
  bench.inspect(bytes, { type: 'file' }, limits);
/** Why each thing stayed closed. */
const closedOf = async (bytes: Uint8Array, limits: Partial<InspectorLimits> = {}) =>
  contentOf(await inspect(bytes, limits))?.closed.map(({ message }) => message);
const text = (words: string) => Buffer.from(`${words} `.repeat(40));
const by7Zip = [expect.stringMatching(/^7-Zip \d+\.\d+$/)];
/** A program with an archive behind it, as a self-extractor is. */
const extractorOf = (archive: Uint8Array) => buildProgram({ overlay: archive });
async function signed(file: Uint8Array): Promise<Buffer> {
  const source = memorySource(file);
  return collect(embedPeSignatures(source, await parsePe(source), [pkcs7]));
}

describe.skipIf(lacksTools('bwrap', '7zz', 'makensis'))('an installer by NSIS', () => {
  test.each([['zlib'], ['/SOLID lzma'], ['/SOLID bzip2']])(
    'packed with %s is opened by 7-Zip, and every program in it is named',
    async (compressor) => {
      const files = { 'widget.exe': program, 'note.txt': text('note') };
      const setup = await nsisInstaller(folder, { compressor, files, more: 'System::Call "a::b()"' });
      const inspection = await bench.inspect(setup, { type: 'pe' });
      expect(failed(inspection)).toEqual([]);
      expect(contentOf(inspection)).toMatchObject({
        formats: ['NSIS installer'],
        closedCount: 0,
        covered: false,
        openedBy: by7Zip,
        programCount: 2,
      });
      expect(insideOf(inspection)).toEqual(expect.arrayContaining(['!/note.txt', '!/widget.exe']));
      expect(contentOf(inspection)?.programs).toContainEqual({
        place: 'widget.exe',
        sha256: sha256(program),
        sizeBytes: program.length,
        signature: 'unsigned',
        about: null,
      });
    },
  );

  test('is opened with what is in it, at any depth, stored archives too', async () => {
    const inner = await sevenZipOf(folder, { 'deep.exe': program });
    const nested = zip([{ name: 'a.zip', content: zip([{ name: 'b.txt', content: text('deep') }]) }]);
    const setup = await nsisInstaller(folder, {
      compressor: 'zlib\nSetCompress off',
      files: { 'app.7z': inner, 'nested.zip': nested },
    });
    const inspection = await bench.inspect(setup, { type: 'pe' });
    expect(contentOf(inspection)?.closed).toEqual([]);
    expect(insideOf(inspection)).toEqual(
      expect.arrayContaining(['!/app.7z', '!/app.7z!/deep.exe', '!/nested.zip!/a.zip!/b.txt']),
    );
    expect(contentOf(inspection)?.programs.map(({ place }) => place)).toContain('app.7z!/deep.exe');
    const shallow = await bench.inspect(setup, { type: 'pe' }, { depthMax: 2 });
    expect(contentOf(shallow)?.closed[0]?.message).toMatch(/nested more than 2 deep/);
  });

  test('stays closed where anything follows it but a signature, or is missing', async () => {
    const setup = await nsisInstaller(folder, { files: { 'note.txt': text('note') } });
    expect(await closedOf(Buffer.concat([setup, Buffer.from('more')]))).toEqual([
      'Bytes follow the archive that belong to nothing.',
    ]);
    expect(await closedOf(setup.subarray(0, -100))).toEqual(['It ends before its own header says so.']);
    const damaged = Buffer.from(setup).fill(0x55, setup.length - 3000, setup.length - 1000);
    expect(await closedOf(damaged)).toEqual([expect.stringMatching(/own checksum doesn’t fit/)]);
    const inspection = await inspect(await signed(setup));
    expect(contentOf(inspection)).toMatchObject({ closed: [], openedBy: by7Zip });
    expect(insideOf(inspection)).toContain('!/note.txt');
  });
});

describe.skipIf(lacksTools('bwrap', '7zz'))('a 7z archive', () => {
  test('is opened by itself, and behind a program, signed or not', async () => {
    const archive = await sevenZipOf(folder, { 'a/one.txt': text('one'), 'two.exe': program });
    for (const file of [archive, extractorOf(archive), await signed(extractorOf(archive))]) {
      const inspection = await inspect(file);
      expect(contentOf(inspection)).toMatchObject({
        formats: ['7z archive'],
        closed: [],
        files: 2,
        covered: false,
      });
      expect(insideOf(inspection)).toEqual(['!/two.exe', '!/a/one.txt']);
      for (const { file: place, sha256: digest } of inspection.inside)
        expect(sha256(await leafBytes(place))).toBe(digest);
    }
  });

  test('is opened each time it is there', async () => {
    const [one, two] = [
      await sevenZipOf(folder, { 'one.txt': text('first') }),
      await sevenZipOf(folder, { 'two.txt': text('second') }),
    ];
    expect(await closedOf(Buffer.concat([one, two]))).toEqual([
      'Bytes follow the archive that belong to nothing.',
    ]);
    expect(await closedOf(extractorOf(Buffer.concat([one, two])))).toEqual([
      'Bytes follow the archive that belong to nothing.',
    ]);
    const around = await sevenZipOf(folder, { 'one.7z': one }, '-mx0');
    const inspection = await inspect(extractorOf(around));
    expect(contentOf(inspection)?.closed).toEqual([]);
    expect(insideOf(inspection)).toEqual(['!/one.7z', '!/one.7z!/one.txt']);
  });

  test.each([
    ['encrypted', ['-psecret'], /without a password/],
    ['encrypted with its names', ['-psecret', '-mhe=on'], /without a password/],
  ])('that is %s stays closed', async (_how, options, message) => {
    const archive = await sevenZipOf(folder, { 'a.txt': text('secret') }, ...options);
    expect(await closedOf(archive)).toEqual([expect.stringMatching(message)]);
  });

  test('that is cut off, damaged, or has links in it stays closed', async () => {
    const archive = await sevenZipOf(folder, { 'a.txt': text('a'), 'b.txt': text('b') });
    expect(await closedOf(archive.subarray(0, -10))).toEqual(['The 7z archive is cut off.']);
    const damaged = Buffer.from(archive);
    damaged[40] = (damaged[40] ?? 0) ^ 0xff;
    expect(await closedOf(damaged)).toEqual([expect.stringMatching(/^7-Zip .* can’t open it completely/)]);
    const place = await mkdtemp(join(folder, 'links-'));
    await symlink(join(folder, 'outside'), join(place, 'link'));
    execFileSync('7zz', ['a', '-snl', 'made.7z', 'link'], { cwd: place });
    expect(await closedOf(await readFile(join(place, 'made.7z')))).toEqual([
      expect.stringMatching(/^7-Zip .* can’t open it completely: it says “ERROR/),
    ]);
  });

  test('whose names lead elsewhere, or meet, puts nothing anywhere else and loses nothing', async () => {
    const place = await mkdtemp(join(folder, 'names-'));
    for (const name of ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc'])
      await writeFile(join(place, name), text(name));
    execFileSync('7zz', ['a', '-mhc=off', 'made.7z', 'aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc'], {
      cwd: place,
    });
    execFileSync(
      '7zz',
      ['rn', '-mhc=off', 'made.7z', 'aaaaaaaaaa', '../../../out', 'bbbbbbbbbb', 'same', 'cccccccccc', 'Same'],
      { cwd: place },
    );
    const inspection = await inspect(await readFile(join(place, 'made.7z')));
    expect(contentOf(inspection)).toMatchObject({ closed: [], files: 3 });
    expect(insideOf(inspection)).toHaveLength(3);
  });

  test('that unpacks to too much is stopped, whatever it lists', async () => {
    const place = await mkdtemp(join(folder, 'bomb-'));
    await writeFile(join(place, 'zeros'), '');
    await truncate(join(place, 'zeros'), 50_000_000);
    execFileSync('7zz', ['a', '-mx1', 'made.7z', 'zeros'], { cwd: place });
    const bomb = await readFile(join(place, 'made.7z'));
    // Once 16 MiB have come out, 200 times its own size is the most.
    expect(bomb.length * 200).toBeLessThan(50_000_000);
    expect(await closedOf(bomb)).toEqual([expect.stringMatching(/lists files of 50000000 bytes in it/)]);
    const many = await sevenZipOf(
      folder,
      Object.fromEntries(Array.from({ length: 60 }, (_none, at) => [`${at}.txt`, text(`${at}`)])),
    );
    expect(await closedOf(many, { entryCountMax: 50 })).toEqual([
      expect.stringMatching(/lists 60 files in it, which are too many/),
    ]);
  });

  test('makes no difference to what else is in the artifact', async () => {
    const archive = await sevenZipOf(folder, { 'a.txt': text('a') }, '-psecret');
    const both = zip([
      { name: 'closed.7z', content: archive },
      { name: 'open.zip', content: zip([{ name: 'b.txt', content: text('b') }]) },
    ]);
    const inspection = await inspect(both);
    expect(contentOf(inspection)).toMatchObject({ closedCount: 1, covered: false });
    expect(insideOf(inspection)).toContain('!/open.zip!/b.txt');
  });
});

describe.skipIf(lacksTools('bwrap', 'innoextract'))('what looks like an installer by Inno Setup', () => {
  test('stays closed where innoextract can’t read it, with its words', async () => {
    expect(await closedOf(buildProgram({ overlay: Buffer.from('zlb\x1aabc', 'latin1') }))).toEqual([
      expect.stringMatching(/^innoextract \d+\.\d+ can’t open it completely: it says “.*”\.$/),
    ]);
  });
});

test('an installer by Squirrel is opened by readers of ours: a package in a zip archive in the program', async () => {
  const nupkg = zip([{ name: 'lib/net45/widget.exe', content: program }]);
  const payload = zip([
    { name: 'RELEASES', content: 'F00 widget-1.0.0-full.nupkg 10' },
    { name: 'widget-1.0.0-full.nupkg', content: nupkg },
  ]);
  const inspection = await bench.inspect(extractorOf(payload), { type: 'pe' });
  expect(contentOf(inspection)).toMatchObject({ closed: [], openedBy: [] });
  expect(contentOf(inspection)?.programs.map(({ place }) => place)).toEqual([
    'widget-1.0.0-full.nupkg!/lib/net45/widget.exe',
  ]);
});
