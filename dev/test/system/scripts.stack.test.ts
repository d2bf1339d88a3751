/** Scripts through the whole real signer: PowerShell's with two signatures, which osslsigncode accepts, and one of Windows Script Host. */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memorySource } from '#core/formats/random-access.ts';
import { describeExisting } from '#core/formats/script-text/existing-signatures.ts';
import { readScript } from '#core/formats/script-text/script.ts';
import { ascii, crlf, utf16, utf8 } from '#core/formats/script-text/text.fixture.ts';
import { windowsScript } from '#core/formats/windows-script/kinds.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

const run = promisify(execFile);

let system: FoundationUnderTest;
beforeAll(async () => {
  system = await FoundationUnderTest.start({
    adapt: async (folder) => {
      const file = join(folder, 'projects/esbuild-demo/artifacts/windows-package.yaml');
      await appendFile(
        file,
        '    - { type: powershell, path: package/*.ps1, sign: { method: authenticode, hashAlgorithm: [sha256, sha512] } }\n' +
          '    - { type: windows-script, path: package/tool.vbs, sign: { method: authenticode, hashAlgorithm: [sha256, sha512] } }\n',
      );
      expect(await readFile(file, 'utf8')).toMatch(/README\.md\n {4}- \{ type: powershell/);
    },
  });
});
afterAll(() => system.stop());

const script = crlf('param($Name)\nWrite-Host "Grüße, $Name"\n');
const tool = crlf('WScript.Echo "Grüße"\n');

it('scripts are signed by two hashes with a timestamp each, and nothing else of them changes', async () => {
  const files = { 'package/install.ps1': utf8(script), 'package/tool.vbs': utf16(tool) };
  const artifact = await packageWith('scripts', files);
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
  const verify = ['verify', '-CAfile', root, '-TSA-CAfile', root, '-in', at('install.ps1')];
  const { stdout } = await run('osslsigncode', verify);
  expect(stdout.match(/^\s*Signature verification: ok/gm)).toHaveLength(2);
  expect(stdout.match(/Timestamp Server Signature verification: ok/g)).toHaveLength(2);
  expect((await readFile(at('install.ps1'))).subarray(0, utf8(script).length)).toEqual(
    Buffer.from(utf8(script)),
  );
  const hosted = Uint8Array.from(await readFile(at('tool.vbs')));
  expect(hosted.subarray(0, utf16(tool).length)).toEqual(utf16(tool));
  const read = await readScript(memorySource(hosted), windowsScript, { name: 'tool.vbs' });
  expect(describeExisting(read)).toMatchObject({ problems: [], described: [{ fits: true }, { fits: true }] });
});

it('a script that Windows versions read differently is denied before anybody approves, and no key is used', async () => {
  const files = { 'package/install.ps1': ascii('dir\n'), 'package/tool.vbs': utf16(tool) };
  const id = await system.ask({ artifact: await packageWith('line ends', files) });
  await system.untilStatus(id, 'denied', 'waiting-for-approval');
  expect(await system.failedRules(id)).toEqual(['powershell.line-ends']);
  expect(await system.keyHolderEntries(id)).toEqual([]);
});
