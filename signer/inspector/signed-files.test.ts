/** A file of any kind that is to be signed: what it must not be, and that the file beside it has a place. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalog, flat } from '#core/formats/catalog/catalog.fixture.ts';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { FileSign, RootElement } from '#core/generated/index.ts';
import { anyFiles, failed, openBench, program, sign, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

type Entry = Parameters<typeof zip>[0][number];
const cms = { method: 'cms' } as const;
const signedAt = (path: string, how: FileSign = cms): RootElement => ({
  type: 'zip',
  contents: [{ type: 'file', path, matches: { min: 1, max: 'unbounded' }, sign: how }, anyFiles],
});

async function rulesOf(root: RootElement, ...entries: readonly Entry[]): Promise<readonly string[]> {
  return failed(await bench.inspect(zip([...entries]), root));
}

test('is offered for signing as of another kind, in zip and tar', async () => {
  const entries = [{ name: 'notes.txt', content: 'text' }];
  for (const [bytes, root] of [
    [zip(entries), signedAt('notes.txt')],
    [tar(...entries), { ...signedAt('notes.txt'), type: 'tar' } as RootElement],
  ] as const) {
    const report = await bench.inspect(bytes, root);
    expect(failed(report)).toEqual([]);
    expect(report.signTargets.map(({ path, kind }) => [path, kind.kind])).toEqual([[['notes.txt'], 'other']]);
  }
});

test('that is a program or a catalog is refused, with the type to declare', async () => {
  const list = catalog([flat('x', Buffer.from('x'))]);
  for (const [content, type] of [
    [program, 'pe'],
    [list, 'catalog'],
  ] as const) {
    const report = await bench.inspect(zip([{ name: 'file', content }]), signedAt('file'));
    expect(failed(report)).toEqual(['file.typed']);
    expect(report.findings.find(({ rule }) => rule === 'file.typed')?.fix).toContain(`type: ${type}`);
    expect(report.signTargets).toEqual([]);
  }
});

test('in an envelope is refused where envelopes hold more together than is held in memory', async () => {
  const content = Buffer.alloc(11 * 1024 * 1024);
  const files = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `${at}.bin`, content }));
  const dsse = { method: 'dsse' } as const;
  expect(await rulesOf(signedAt('*.bin', dsse), ...files(2))).toEqual([]);
  expect(await rulesOf(signedAt('*.bin', dsse), ...files(3))).toEqual(['file.envelopes-too-large']);
  expect(await rulesOf(signedAt('*.bin'), ...files(3))).toEqual([]);
});

describe('the name of the file beside it', () => {
  const notes = { name: 'docs/notes.txt', content: 'text' };
  const cases: readonly (readonly [string, readonly Entry[], FileSign?])[] = [
    ['is an entry’s', [notes, { name: 'docs/notes.txt.p7s', content: '' }]],
    ['is an entry’s in another case', [{ name: 'docs/NOTES.TXT.p7s', content: '' }, notes]],
    ['is a folder’s', [notes, { name: 'docs/notes.txt.p7s/inner', content: '' }]],
    ['is that of the file itself', [notes], { ...cms, outputFile: 'Notes.txt' }],
    ['is one that Windows can’t have', [notes], { ...cms, outputFile: 'con.txt' }],
    ['is one of two files’', [notes, { name: 'docs/more.txt', content: '' }], { ...cms, outputFile: 'same' }],
    ['is too long', [{ ...notes, name: `docs/${'n'.repeat(250)}.txt` }]],
  ];
  test.each(cases.map(([what, entries, how = cms]) => ({ what, entries, how })))(
    'is refused where it $what',
    async ({ entries, how }) => {
      expect(await rulesOf(signedAt('docs/*.txt', how), ...entries)).toEqual(['inspection.output-name']);
    },
  );

  test.each(['NOTES.RSA', 'sig-x', 'Manifest.mf'])(
    'is refused where the signature of the archive has it, or takes it out: %s',
    async (outputFile) => {
      const entry = { name: 'META-INF/notes.txt', content: 'text' };
      const root = signedAt('META-INF/notes.txt', { ...cms, outputFile });
      expect(await rulesOf(root, entry)).toEqual([]);
      const signed = { ...root, sign: { method: 'jar', existingSignature: 'replace' } } as RootElement;
      expect(await rulesOf(signed, entry)).toEqual(['inspection.output-name']);
    },
  );

  test('may be the same in different folders', async () => {
    const how = { ...cms, outputFile: 'signature' };
    const other = { name: 'more/notes.txt', content: '' };
    expect(await rulesOf(signedAt('**/*.txt', how), notes, other)).toEqual([]);
  });
});

test('may be listed by a catalog with the digest of all its bytes, since signing leaves it as it is', async () => {
  const content = Buffer.from('text');
  const root: RootElement = {
    type: 'zip',
    contents: [
      { type: 'catalog', path: '*.cat', sign },
      { type: 'file', path: 'notes.txt', sign: cms },
    ],
  };
  const entries = [
    { name: 'list.cat', content: catalog([flat('notes.txt', content)]) },
    { name: 'notes.txt', content },
  ];
  expect(await rulesOf(root, ...entries)).toEqual([]);
});

describe('content of other signatures', () => {
  const bytes = (hex: string) => Buffer.from(hex, 'hex');
  test.each<readonly [string, Uint8Array | string]>([
    ['Authenticode, an indefinite length', bytes('308006032a0304')],
    ['a catalog, with its version', bytes('02010030060604')],
    ['a timestamp', bytes('3010020101')],
    ['a NuGet package', 'Version:1\n\n2.16.840.1.101.3.4.2.1-Hash:AAAA\n\n'],
    ['a NuGet package, with other lines first', 'Other:2\r\nVersion: 1\r\n\r\n'],
    ['a Java archive, with a byte order mark', '\ufeffSignature-Version: 1.0\n'],
    ['a commit of Git', `tree ${'a'.repeat(40)}\nauthor A <a@b.c> 1 +0000\n`],
    ['a tag of Git', `object ${'a'.repeat(40)}\ntype commit\n`],
    ['a push certificate', 'certificate version 0.1\n'],
    ['a mail', 'X-Note: a\r\n  more\r\nContent-Type: text/plain\r\n\r\ntext'],
    ['a code directory of macOS', bytes('fade0c02000000')],
    ['a digest', Buffer.alloc(32, 0xab)],
  ])('is refused: %s', async (_, content) => {
    expect(await rulesOf(signedAt('file'), { name: 'file', content })).toEqual(['file.signed-content']);
  });

  test.each<readonly [string, Uint8Array | string]>([
    ['text that begins with a digit', '0.1.2: first release\n'],
    ['quoted text', '"a","b"\n'],
    ['text as long as a digest', 'x'.repeat(32)],
    ['a certificate', bytes('3082010030820100')],
    ['text with such a line further on', 'a: b\n\nSignature-Version: 1.0\nContent-Type: x\n'],
    ['prose with such a line', 'Prose without a colon\nSignature-Version: 1.0\n'],
    ['a control file', 'Package: x\nVersion: 1.2-1\n'],
    ['nothing', ''],
  ])('is not seen in %s', async (_, content) => {
    expect(await rulesOf(signedAt('file'), { name: 'file', content })).toEqual([]);
  });
});
