/** Installers whose contents a configuration lists: every file is expected, and signed ones go back into it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '#core/formats/archive/index.ts';
import { collect } from '#core/formats/archive/stream.fixture.ts';
import { filledInstaller } from '#core/formats/msi/contents/contents.fixture.ts';
import { msiContainer } from '#core/formats/msi/contents/index.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import { failed, openBench, program, sha256, sign, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const files = [
  { key: 'Main', name: 'widget.exe', content: program },
  { key: 'Lib', name: 'tool.exe', content: Buffer.concat([program, Buffer.from('other')]), directory: 'Bin' },
  { key: 'Note', name: 'read.txt', content: 'Read me.' },
];
const root = (more: Partial<RootElement> = {}): RootElement =>
  ({
    type: 'msi',
    contents: [
      { type: 'pe', path: 'Widget Maker/widget.exe', sign },
      { type: 'pe', path: 'Widget Maker/bin/*' },
      { type: 'file', path: '**', matches: { min: 0, max: 'unbounded' } },
    ],
    sign,
    ...more,
  }) as RootElement;

describe('an installer with contents', () => {
  test('is held to them file by file, and its tables are scanned too', async () => {
    const inspection = await bench.inspect(await filledInstaller({ files }), root());
    expect(failed(inspection)).toEqual([]);
    expect(inspection.tree.map(({ path }) => path.join())).toEqual([
      'Widget Maker/widget.exe',
      'Widget Maker/bin/tool.exe',
      'Widget Maker/read.txt',
      'Binary/Actions',
    ]);
    expect(inspection.signTargets.map(({ path, subject }) => [path.join(), subject === null])).toEqual([
      ['Widget Maker/widget.exe', false],
      ['', true],
    ]);
    const inside = inspection.inside.map(({ path }) => path.join());
    expect(inside).toEqual(
      expect.arrayContaining(['!/!File', '!/!_StringData', '!/\\u0005SummaryInformation']),
    );
  });

  test('names what nobody expects, and tells of programs in it whose signature each has', async () => {
    const installer = await filledInstaller({ files });
    const contents = [{ type: 'pe', path: '**/widget.exe', sign }] as const;
    const refused = await bench.inspect(installer, root({ contents } as never));
    expect(failed(refused)).toEqual(expect.arrayContaining(['artifact.unexpected']));
    const listed = await bench.inspect(installer, root());
    const [container] = listed.containers;
    expect(container?.content.programs.map(({ place, signature }) => [place, signature])).toEqual([
      ['Widget Maker/widget.exe', 'request'],
      ['Widget Maker/bin/tool.exe', 'unsigned'],
    ]);
    expect([container?.content.programCount, (container?.content.files ?? 0) > 4]).toEqual([2, true]);
  });

  test('names no program as signed by this request that gets a signature beside it', async () => {
    const archive = zip([{ name: 'old.exe', content: 'MZ that Windows starts, and no PE' }]);
    const installer = await filledInstaller({ files: [{ key: 'Zip', name: 'more.zip', content: archive }] });
    const beside = { type: 'file', path: 'old.exe', sign: { method: 'cms' } } as const;
    const contents = [
      { type: 'zip', path: '**/more.zip', contents: [beside] },
      { type: 'file', path: '**', matches: { min: 0, max: 'unbounded' } },
    ];
    const inspection = await bench.inspect(installer, root({ contents, sign: undefined } as never));
    expect(inspection.signTargets).toHaveLength(1);
    const content = inspection.containers.find(({ path }) => path.length === 0)?.content;
    expect(content?.programs.map(({ signature }) => signature)).toEqual(['unsigned']);
  });

  test('that is signed already is refused where files in it change, unless the signature is replaced', async () => {
    const streams = [{ name: '\x05DigitalSignature', content: Buffer.from('signature') }];
    const installer = await filledInstaller({ files, streams });
    const rules = async (more: Partial<RootElement>) => failed(await bench.inspect(installer, root(more)));
    const append = { ...sign, existingSignature: 'append' } as const;
    expect(await rules({ sign: undefined } as never)).toEqual(['msi.breaks-signature']);
    expect(await rules({ sign: append })).toEqual(['msi.breaks-signature']);
    expect(await rules({})).toEqual(['msi.already-signed']);
    expect(await rules({ sign: { ...sign, existingSignature: 'replace' } } as never)).toEqual([]);
  });

  test('is built again around what was signed, with everything else as it was', async () => {
    const installer = await filledInstaller({ files });
    const file = await bench.save(installer);
    const signed = Buffer.concat([program, Buffer.from('signature')]);
    const replacement = join(bench.folder, 'signed.exe');
    await writeFile(replacement, signed);
    const rebuilt = await bench.inspector.rebuild({
      type: 'msi',
      file,
      sha256: sha256(installer),
      replacements: [{ path: 'Widget Maker/widget.exe', file: replacement, sha256: sha256(signed) }],
      additions: [],
      folder: 'rebuild',
    });
    expect(rebuilt.unchanged).toBe(3);
    const found: Record<string, string> = {};
    const source = memorySource(await readFile(rebuilt.outputFile));
    for await (const { path, content } of msiContainer.open(source, new UnpackBudget(defaultUnpackLimits)))
      found[path] = sha256(await collect(content));
    expect(found['Widget Maker/widget.exe']).toBe(sha256(signed));
  });
});
