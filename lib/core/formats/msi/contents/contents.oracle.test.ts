/** msitools, cabextract and osslsigncode, which share no code with this folder: they find the files of installers under the same names, and read those built again here. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../../dev/test/lacks.ts';
import { createTestSigner, toPem } from '../../../pki/cms/signer.fixture.ts';
import { UnpackBudget, defaultUnpackLimits } from '../../archive/index.ts';
import { collect } from '../../archive/stream.fixture.ts';
import { signRounds } from '../../authenticode/sign-rounds.fixture.ts';
import { peSigning } from '../../pe/sign.ts';
import { memorySource } from '../../random-access.ts';
import { msiSigning } from '../sign.ts';
import { msiContainer } from './container.ts';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'countersign-msi-inside-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});
const at = (...names: readonly string[]): string => join(dir, ...names);
const say = async (tool: string, ...args: readonly string[]): Promise<string> =>
  (await run(tool, args, { cwd: dir, maxBuffer: 64 * 1024 * 1024 })).stdout;
const budget = () => new UnpackBudget(defaultUnpackLimits);
const sign = { method: 'authenticode' } as const;

const file = (id: string, name: string, from: string): string =>
  `<Component Id="C${id}" Guid="*"><File Id="${id}" Name="${name}" Source="${from}" KeyPath="yes"/></Component>`;
const source = `<?xml version="1.0"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="*" Name="Widget" Version="1.2.3" Manufacturer="Widget Makers" Language="1033" UpgradeCode="12345678-1234-1234-1234-111111111111">
    <Package InstallerVersion="200" Compressed="yes"/>
    <Media Id="1" Cabinet="widget.cab" EmbedCab="yes"/>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramFiles64Folder"><Directory Id="INSTALLDIR" Name="Widget Maker">
        ${file('Main', 'widget program.exe', 'widget.exe')}
        ${file('Big', 'data.bin', 'data.bin')}
        <Directory Id="BIN" Name="bin">${file('Tool', 'tool.exe', 'widget.exe')}${file('Note', 'read me.txt', 'note.txt')}</Directory>
      </Directory></Directory>
    </Directory>
    <Feature Id="Complete" Level="1">${['Main', 'Big', 'Tool', 'Note'].map((id) => `<ComponentRef Id="C${id}"/>`).join('')}</Feature>
    <Binary Id="Actions" SourceFile="widget.exe"/>
    <Icon Id="widget.ico" SourceFile="note.txt"/>
  </Product>
</Wix>`;

describe.skipIf(
  lacksTools(
    'osslsigncode',
    'wixl',
    'msiinfo',
    'msiextract',
    'msidump',
    'cabextract',
    'x86_64-w64-mingw32-gcc',
  ),
)('msitools, cabextract and osslsigncode', () => {
  const signer = createTestSigner('Countersign release');
  let before: Buffer;
  let after: Buffer;

  async function open(bytes: Uint8Array): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>();
    for await (const { path, issues, content } of msiContainer.open(memorySource(bytes), budget())) {
      expect(issues).toEqual([]);
      found.set(path, await collect(content));
    }
    return found;
  }
  const signed = (program: Uint8Array) => signRounds({ signing: peSigning, signer, file: program, sign });

  beforeAll(async () => {
    writeFileSync(at('root.pem'), toPem([signer.root]));
    writeFileSync(at('main.c'), 'int main(void) { return 0; }\n');
    writeFileSync(at('data.bin'), randomBytes(300_000));
    writeFileSync(at('note.txt'), 'Read me.\n');
    writeFileSync(at('widget.wxs'), source);
    await say('x86_64-w64-mingw32-gcc', '-s', '-o', 'widget.exe', 'main.c');
    await say('wixl', '-o', 'before.msi', 'widget.wxs');
    before = readFileSync(at('before.msi'));
    const programs = new Map<string, Uint8Array>();
    for (const [path, bytes] of await open(before))
      if (bytes.subarray(0, 2).toString() === 'MZ') programs.set(path, await signed(bytes));
    expect([...programs.keys()]).toEqual([
      'Widget Maker/widget program.exe',
      'Widget Maker/bin/tool.exe',
      'Binary/Actions',
    ]);
    const rebuilt = await collect(
      msiContainer.rewrite(memorySource(before), budget(), {
        added: () => Promise.resolve([]),
        replace({ path }) {
          const bytes = programs.get(path);
          if (bytes === undefined) return null;
          return { sizeBytes: bytes.length, content: () => once(bytes) };
        },
      }),
    );
    const budgets = { before: budget(), after: budget() };
    await msiContainer.checkOthers?.(
      memorySource(before),
      memorySource(rebuilt),
      budgets,
      new Set(programs.keys()),
    );
    after = Buffer.from(await signRounds({ signing: msiSigning, signer, file: rebuilt, sign }));
    writeFileSync(at('after.msi'), after);
  });

  async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  }

  test('find the same files under the same names, before and after', async () => {
    for (const [name, bytes] of [
      ['before', before],
      ['after', after],
    ] as const) {
      mkdirSync(at(name));
      await say('msiextract', '-C', at(name), `${name}.msi`);
      const ours = await open(bytes);
      const installed = [...ours].filter(([path]) => path.startsWith('Widget Maker/'));
      expect(installed.length).toBe(4);
      const listed = (await say('msiextract', '-l', `${name}.msi`)).trim().split('\n').sort();
      expect(installed.map(([path]) => path).sort()).toEqual(listed);
      for (const [path, content] of installed)
        expect(readFileSync(at(name, path)).equals(content), path).toBe(true);
    }
  });

  test('accept every signature, inside and out', async () => {
    const verified = async (path: string): Promise<void> => {
      const said = await say('osslsigncode', 'verify', '-CAfile', at('root.pem'), '-in', path);
      expect(said, path).toContain('Signature verification: ok');
    };
    await verified(at('after.msi'));
    await verified(at('after', 'Widget Maker/widget program.exe'));
    await verified(at('after', 'Widget Maker/bin/tool.exe'));
    await run('sh', ['-c', 'msiinfo extract after.msi Binary.Actions > actions.dll'], { cwd: dir });
    await verified(at('actions.dll'));
  });

  test('read the same tables, but for sizes and digests, which fit; and the cabinet', async () => {
    for (const name of ['before', 'after']) {
      mkdirSync(at(`${name}-tables`));
      await run('msidump', ['-t', '-d', at(`${name}-tables`), `${name}.msi`], { cwd: dir });
    }
    const tables = readdirSync(at('before-tables')).filter((name) => name.endsWith('.idt'));
    expect(tables.length).toBeGreaterThan(10);
    const read = (name: string, table: string): string => readFileSync(at(`${name}-tables`, table), 'latin1');
    const differing = tables.filter((table) => read('before', table) !== read('after', table));
    expect(differing.sort()).toEqual(['File.idt', 'MsiFileHash.idt']);
    const program = (await open(after)).get('Widget Maker/widget program.exe');
    const row = read('after', 'File.idt')
      .split('\n')
      .find((line) => line.startsWith('Main\t'));
    expect(row?.split('\t')[3]).toBe(String(program?.length));
    expect(await say('msiinfo', 'suminfo', 'after.msi')).toBe(await say('msiinfo', 'suminfo', 'before.msi'));
    await run('sh', ['-c', 'msiinfo extract after.msi widget.cab > widget.cab'], { cwd: dir });
    expect(await say('cabextract', '-t', 'widget.cab')).toContain('All done, no errors');
  });
});
