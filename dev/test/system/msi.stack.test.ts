/** An installer with an embedded cabinet, through the whole real signer: osslsigncode accepts it, msitools read it as before. */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { eicar } from '../../stack/index.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

const run = promisify(execFile);

let system: FoundationUnderTest;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-msi-'));
  system = await FoundationUnderTest.start({
    adapt: async (policies) => {
      await appendFile(
        join(policies, 'projects/esbuild-demo/artifacts/windows-package.yaml'),
        '    - type: msi\n      path: package/widget.msi\n' +
          '      metadata: { productName: Widget, productVersion: 1.*, manufacturer: Widget Makers }\n' +
          '      sign: { method: authenticode, description: Widget }\n',
      );
    },
  });
});
afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true, force: true });
});

const source = (name: string) => `<?xml version="1.0"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="*" Name="${name}" Version="1.2.3" Manufacturer="Widget Makers" Language="1033" UpgradeCode="12345678-1234-1234-1234-111111111111">
    <Package Description="Widget" InstallerVersion="200" Languages="1033" Compressed="yes"/>
    <Media Id="1" Cabinet="widget.cab" EmbedCab="yes"/>
    <Directory Id="TARGETDIR" Name="SourceDir"><Directory Id="ProgramFilesFolder"><Directory Id="INSTALLDIR" Name="Widget">
      <Component Id="Main" Guid="*"><File Id="f1" Name="widget.exe" Source="widget.exe" KeyPath="yes"/></Component>
    </Directory></Directory></Directory>
    <Feature Id="Complete" Level="1"><ComponentRef Id="Main"/></Feature>
  </Product>
</Wix>`;

async function installerOf(name: string, program: Uint8Array): Promise<Buffer> {
  await writeFile(join(folder, 'widget.exe'), program);
  await writeFile(join(folder, 'widget.wxs'), source(name));
  await run('wixl', ['-o', 'widget.msi', 'widget.wxs'], { cwd: folder });
  return readFile(join(folder, 'widget.msi'));
}

it('an installer is signed, and nothing in it changes', async () => {
  const msi = await installerOf('Widget', buildProgram());
  const artifact = await packageWith('msi', { 'package/widget.msi': msi });
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'waiting-for-approval', 'denied');
  expect(await system.failedRules(id)).toEqual([]);
  await system.approve(id, artifact);
  await system.untilStatus(id, 'completed');
  const unpacked = join(system.foundation.stack.paths.state, 'unpacked');
  await mkdir(unpacked);
  await run('tar', ['-xzf', (await system.releasedFile(id)) ?? '', '-C', unpacked]);
  const signed = join(unpacked, 'package/widget.msi');
  const root = system.foundation.keys.rootCertificate;
  const verified = await run('osslsigncode', ['verify', '-CAfile', root, '-TSA-CAfile', root, '-in', signed]);
  expect(verified.stdout).toContain('Signature verification: ok');
  expect(verified.stdout).toContain('Timestamp Server Signature verification: ok');
  expect(verified.stdout).toMatch(/Calculated MsiDigitalSignatureEx/);
  for (const what of [['suminfo'], ['tables']]) {
    const [now, before] = await Promise.all([
      run('msiinfo', [...what, signed]),
      run('msiinfo', [...what, join(folder, 'widget.msi')]),
    ]);
    expect(now.stdout).toBe(before.stdout);
  }
  await run('msiextract', ['-C', unpacked, signed]);
  const installed = await readFile(join(unpacked, 'Program Files/Widget/widget.exe'));
  expect(installed.equals(buildProgram())).toBe(true);
});

it('an installer of another product, and one with malware in its cabinet, get no signature', async () => {
  for (const [msi, rule] of [
    [await installerOf('Gadget', buildProgram()), 'msi.metadata'],
    [await installerOf('Widget', Buffer.from(eicar)), 'scan.infected'],
  ] as const) {
    const id = await system.ask({ artifact: await packageWith(rule, { 'package/widget.msi': msi }) });
    await system.untilStatus(id, 'denied', 'waiting-for-approval');
    expect(await system.failedRules(id)).toContain(rule);
    expect(await system.keyHolderEntries(id)).toEqual([]);
  }
});
