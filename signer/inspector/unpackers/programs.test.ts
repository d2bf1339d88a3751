import { describe, expect, test } from 'vitest';
import { unpackers, type Answer } from './programs.ts';

const [sevenZip, innoextract] = unpackers;
if (sevenZip === undefined || innoextract === undefined) throw new Error('two programs');

const head = '7-Zip (z) 26.02 (x64)\n\nListing archive: /in/setup.exe\n\n--\nPath = /in/setup.exe\n';
const items = [
  'Path = a.txt\nSize = 6\nAttributes = A\nEncrypted = -\n',
  'Path = folder\nSize = 0\nFolder = +\n',
  'Path = folder2\nSize = 0\nAttributes = D drwxr-xr-x\n',
  'Path = b.txt\nSize = \nAttributes = \n',
];
const listing = (type = 'Nsis', size = 100, more = '', rest = items): string =>
  `${head}Type = ${type}\n${more}Physical Size = ${size}\n\n----------\n${rest.join('\n')}`;
const answer = (text: string, code: number | null = 0): Answer => ({ code, text, inputBytes: 100 });

describe('what 7-Zip lists', () => {
  test('is counted without folders, where it takes the file for what it is, and all of it', () => {
    expect(sevenZip.judgeListing('nsis', answer(listing()))).toEqual({
      ok: true,
      value: { files: 2, bytes: 6 },
    });
  });

  test.each([
    ['with an exit code', answer(listing(), 2), 'it ended with code 2'],
    ['killed', answer(listing(), null), 'it ended with code none'],
    [
      'with a warning',
      answer(listing('Nsis', 100, 'WARNINGS:\nThere are data after the end of archive\n')),
      /There are data after/,
    ],
    ['with an error', answer(`${listing()}\n\nERROR: x\n`), 'it says “ERROR: x”'],
    ['of another kind', answer(listing('7z')), 'it takes it for something else'],
    ['of several kinds', answer(listing('Nsis', 100, 'Type = PE\n')), 'it takes it for something else'],
    ['of fewer bytes', answer(listing('Nsis', 99)), 'by its count, bytes of the file belong to no archive'],
    [
      'with encrypted files',
      answer(listing('Nsis', 100, '', ['Path = a\nSize = 1\nEncrypted = +\n'])),
      'files in it are encrypted',
    ],
    ['of nothing', answer('7-Zip (z) 26.02\n'), 'it says nothing of what is inside'],
  ])('counts for nothing %s', (_how, said, why) => {
    expect(sevenZip.judgeListing('nsis', said)).toMatchObject({
      ok: false,
      why: typeof why === 'string' ? why : (expect.stringMatching(why) as unknown),
    });
  });

  test('is repeated in a refusal only as far as it is plain text', () => {
    const hostile = `${listing()}\nERROR: \u001b[31m<b>\u202e${'x'.repeat(1000)}\n`;
    const judged = sevenZip.judgeListing('nsis', answer(hostile, 2));
    expect(judged.ok ? '' : judged.why).toMatch(/^it says “ERROR: \?\[31m<b>\?x{100,190}”$/);
  });
});

describe('what 7-Zip extracts', () => {
  const extracted =
    'Extracting archive: /in/setup.exe\n--\nType = Nsis\n\nEverything is Ok\n\nFiles: 5\nSize:       10\n';

  test('counts where everything is all right', () => {
    expect(sevenZip.judgeExtraction('nsis', answer(extracted))).toEqual({ ok: true, value: 5 });
    const one = extracted.replace('Files: 5\n', '');
    expect(sevenZip.judgeExtraction('nsis', answer(one))).toEqual({ ok: true, value: null });
  });

  test.each([
    ['without its word', extracted.replace('Everything is Ok', '')],
    ['with warnings', `${extracted}\nArchives with Warnings: 1\n`],
    ['with errors in files', `${extracted}\nSub items Errors: 1\n`],
  ])('counts for nothing %s', (_how, text) => {
    expect(sevenZip.judgeExtraction('nsis', answer(text))).toMatchObject({ ok: false });
  });
});

describe('what innoextract lists and extracts', () => {
  const list =
    'Inspecting "Widget 1.0" - setup data version 6.0.0 (unicode)\n - "app/error.txt" (1 KiB)\n - "app/widget.exe" (2 MiB)\n';

  test('counts where it has nothing to complain of, whatever files are called', () => {
    expect(innoextract.judgeListing('inno', answer(`${list}Done.\n`))).toEqual({
      ok: true,
      value: { files: 2, bytes: 0 },
    });
    expect(innoextract.judgeExtraction('inno', answer('Extracting\n - "app/error.txt"\nDone.\n'))).toEqual({
      ok: true,
      value: null,
    });
  });

  test.each([
    ['a warning', `${list}Warning: unused data\nDone with 1 warning.\n`],
    ['an unknown version', `${list}Unexpected setup data version: 9.9.9\nDone.\n`],
    ['a password', `${list}Warning: Setup is password protected\nDone.\n`],
    ['another end', list],
  ])('counts for nothing with %s', (_how, text) => {
    expect(innoextract.judgeExtraction('inno', answer(text))).toMatchObject({ ok: false });
  });
});
