/** A cabinet through the whole real signer: the program in it is signed, it is packed anew, and signed itself. */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cab, mszip, stored } from '#core/formats/cab/cab.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
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
        [
          '    - type: cab',
          '      path: package/esbuild.cab',
          '      sign: { method: authenticode, hashAlgorithm: sha384 }',
          '      contents:',
          '        - { type: pe, path: bin/tool.exe, sign: { method: authenticode } }',
          '        - { type: file, path: setup.inf }',
          '    - { type: cab, path: package/whole.cab, sign: { method: authenticode } }',
          '',
        ].join('\n'),
      );
      expect(await readFile(file, 'utf8')).toMatch(/README\.md\n {4}- type: cab/);
    },
  });
});
afterAll(() => system.stop());

const setup = Buffer.from('[Version]\r\nSignature="$CHICAGO$"\r\n');
const tool = buildProgram({ overlay: Buffer.from('in a cabinet') });
const opened = cab([
  { type: mszip, files: [{ name: 'bin\\tool.exe', content: tool }] },
  { type: stored, files: [{ name: 'setup.inf', content: setup }] },
]);
const packageOf = (cabinet: Uint8Array) =>
  packageWith('cabinet', {
    'package/esbuild.cab': cabinet,
    'package/whole.cab': cab([{ type: mszip, files: [{ name: 'notes.txt', content: 'notes' }] }]),
  });

it('a cabinet is signed after the program in it, and all of it verifies as released', async () => {
  const artifact = await packageOf(opened);
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'waiting-for-approval', 'denied');
  expect(await system.failedRules(id)).toEqual([]);
  await system.approve(id, artifact);
  await system.untilStatus(id, 'completed');
  const folder = join(system.foundation.stack.paths.state, 'unpacked');
  await mkdir(folder);
  await run('tar', ['-xzf', (await system.releasedFile(id)) ?? '', '-C', folder]);
  const at = (name: string): string => join(folder, 'package', name);
  await run('cabextract', ['-q', '-d', folder, at('esbuild.cab')]);
  const root = system.foundation.keys.rootCertificate;
  for (const file of [at('esbuild.cab'), at('whole.cab'), join(folder, 'bin/tool.exe')]) {
    const { stdout } = await run('osslsigncode', [
      'verify',
      '-CAfile',
      root,
      '-TSA-CAfile',
      root,
      '-in',
      file,
    ]);
    expect(stdout).toMatch(/^Signature verification: ok/m);
    expect(stdout).toContain('Timestamp Server Signature verification: ok');
  }
  expect(await readFile(join(folder, 'setup.inf'))).toEqual(setup);
});

it('a cabinet that holds a file which nobody expects is denied, and no key is used', async () => {
  const more = cab([
    {
      files: [
        { name: 'bin\\tool.exe', content: tool },
        { name: 'setup.inf', content: setup },
        { name: 'more.exe', content: tool },
      ],
    },
  ]);
  const id = await system.ask({ artifact: await packageOf(more) });
  await system.untilStatus(id, 'denied', 'waiting-for-approval');
  expect(await system.failedRules(id)).toEqual(['artifact.unexpected']);
  expect(await system.keyHolderEntries(id)).toEqual([]);
});
