/** A catalog and a program that it lists, through the whole real signer: Windows would trust both, and osslsigncode does. */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalog, flat, ofProgram } from '#core/formats/catalog/catalog.fixture.ts';
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
        '    - { type: catalog, path: package/esbuild.cat, sign: { method: authenticode } }\n' +
          '    - { type: pe, path: package/listed.dll }\n',
      );
      expect(await readFile(file, 'utf8')).toMatch(/README\.md\n {4}- \{ type: catalog/);
    },
  });
});
afterAll(() => system.stop());

const [program, listed] = [buildProgram(), buildProgram({ overlay: Buffer.from('listed, not signed') })];
const readme = '# catalog';

const packageOf = async (...more: Parameters<typeof catalog>[0]) =>
  packageWith('catalog', {
    'package/esbuild.exe': program,
    'package/listed.dll': listed,
    'package/README.md': readme,
    'package/esbuild.cat': catalog([
      await ofProgram('esbuild.exe', program),
      await ofProgram('listed.dll', listed),
      flat('README.md', Buffer.from(readme)),
      ...more,
    ]),
  });

it('a catalog is signed with the programs that it lists, and its digests match them as released', async () => {
  const artifact = await packageOf();
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
  const verify = async (...files: readonly string[]): Promise<string> =>
    (await run('osslsigncode', ['verify', '-CAfile', root, '-TSA-CAfile', root, ...files])).stdout;
  for (const file of ['esbuild.cat', 'esbuild.exe'])
    expect(await verify('-in', at(file))).toContain('Signature verification: ok');
  for (const file of ['esbuild.exe', 'listed.dll']) {
    const verified = await verify('-catalog', at('esbuild.cat'), '-in', at(file));
    expect(verified).toContain('Signature verification: ok');
    expect(verified).toContain('Timestamp Server Signature verification: ok');
  }
  await writeFile(at('stranger.dll'), buildProgram({ overlay: Buffer.from('a stranger') }));
  await expect(verify('-catalog', at('esbuild.cat'), '-in', at('stranger.dll'))).rejects.toThrow();
  expect(await readFile(at('listed.dll'))).toEqual(Buffer.from(listed));
});

it('a catalog that lists a file from elsewhere is denied before anybody approves, and no key is used', async () => {
  const stranger = buildProgram({ overlay: Buffer.from('a stranger') });
  const id = await system.ask({ artifact: await packageOf(await ofProgram('stranger.dll', stranger)) });
  await system.untilStatus(id, 'denied', 'waiting-for-approval');
  expect(await system.failedRules(id)).toEqual(['inspection.vouched-absent']);
  expect(await system.keyHolderEntries(id)).toEqual([]);
});
