/** A NuGet package through the whole real signer: the program in it is signed first, then the package around it. */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nupkg, nuspec, signPackage } from '#core/formats/nuget/nuget.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { createTestSigner } from '#core/pki/cms/signer.fixture.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

const run = promisify(execFile);

const elements = `    - type: nuget
      path: package/Widget.nupkg
      metadata: { id: Widget, version: '1.*' }
      contents:
        - { type: pe, path: lib/net8.0/Widget.dll, sign: { method: authenticode } }
        - { type: file, path: Widget.nuspec }
        - { type: file, path: '[Content_Types].xml' }
        - { type: file, path: _rels/.rels }
      sign: { method: nuget }
    - type: nuget
      path: package/Plain.nupkg
      matches: { min: 0, max: 1 }
      sign: { method: nuget, hashAlgorithm: sha512 }
`;

let system: FoundationUnderTest;
beforeAll(async () => {
  system = await FoundationUnderTest.start({
    adapt: (folder) =>
      appendFile(join(folder, 'projects/esbuild-demo/artifacts/windows-package.yaml'), elements),
  });
});
afterAll(() => system.stop());

const library = buildProgram({ overlay: Buffer.from('Widget') });
const around = (spec = nuspec()) => nupkg([{ name: 'lib/net8.0/Widget.dll', content: library }], { spec });

it('a package and the program in it are signed, and everything else in both stays as it was', async () => {
  const plain = nupkg([]);
  const artifact = await packageWith('nuget', {
    'package/Widget.nupkg': around(),
    'package/Plain.nupkg': plain,
  });
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'waiting-for-approval', 'denied');
  expect(await system.failedRules(id)).toEqual([]);
  await system.approve(id, artifact);
  await system.untilStatus(id, 'completed');
  const folder = join(system.foundation.stack.paths.state, 'unpacked');
  await mkdir(folder);
  await run('tar', ['-xzf', (await system.releasedFile(id)) ?? '', '-C', folder]);
  const at = (name: string): string => join(folder, 'package', name);
  const root = system.foundation.keys.rootCertificate;
  const reader = join(import.meta.dirname, '../../../lib/core/formats/nuget/second-reader.py');
  for (const [name, hash, oid] of [
    ['Widget.nupkg', 'sha256', '1'],
    ['Plain.nupkg', 'sha512', '3'],
  ] as const) {
    const { stdout } = await run('python3', [reader, at(name), hash, at(`${name}.p7s`)]);
    const digest = Buffer.from(stdout.trim(), 'hex');
    const trust = ['-purpose', 'any', '-CAfile', root];
    const input = ['-verify', '-binary', '-inform', 'DER', '-in', at(`${name}.p7s`)];
    const verified = await run('openssl', ['cms', ...input, ...trust]);
    expect(verified.stdout).toBe(
      `Version:1\n\n2.16.840.1.101.3.4.2.${oid}-Hash:${digest.toString('base64')}\n\n`,
    );
    const printed = await run('openssl', ['cms', '-cmsout', '-print', ...input.slice(2)]);
    expect(printed.stdout).toContain('id-smime-aa-timeStampToken');
  }
  await run('unzip', ['-q', at('Widget.nupkg'), '-d', at('widget')]);
  const program = at('widget/lib/net8.0/Widget.dll');
  const { stdout } = await run('osslsigncode', [
    'verify',
    '-CAfile',
    root,
    '-TSA-CAfile',
    root,
    '-in',
    program,
  ]);
  expect(stdout).toContain('Signature verification: ok');
  expect(await readFile(at('widget/Widget.nuspec'), 'utf8')).toBe(nuspec());
});

it('a package of another id, or signed already, is denied before anybody approves, and no key is used', async () => {
  const { signed } = await signPackage(createTestSigner('Their own key'), nupkg([]));
  const artifact = await packageWith('nuget', {
    'package/Widget.nupkg': around(nuspec({ id: 'Gadget' })),
    'package/Plain.nupkg': signed,
  });
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'denied', 'waiting-for-approval');
  expect(await system.failedRules(id)).toEqual(['nuget.metadata', 'nuget.already-signed']);
  expect(await system.keyHolderEntries(id)).toEqual([]);
});
