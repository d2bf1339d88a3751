/** A project that was accepted for components only, on the real signer: what users start isn't signed, whatever it is called. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildLibrary } from '#core/formats/pe/kind/library.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { projectDirectory } from '../../stack/index.ts';
import { packageWith } from './demo-package.ts';
import { programArguments } from '../../../scripts/processes/program.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

const run = promisify(execFile);

async function replace(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
}

let system: FoundationUnderTest;
beforeAll(async () => {
  system = await FoundationUnderTest.start({
    // The ceremony took the seed's word for executables: the project has moved since.
    adapt: async (folder) => {
      const project = join(folder, 'projects/esbuild-demo');
      await replace(join(project, 'project.yaml'), 'program: executables', 'program: components');
      await replace(join(project, 'artifacts/windows-package.yaml'), 'esbuild.exe', 'widget.dll');
    },
  });
});
afterAll(() => system.stop());

const packageOf = (mark: string, file: Uint8Array) =>
  packageWith(mark, { 'package/esbuild.exe': null, 'package/widget.dll': file });

async function refused(mark: string, file: Uint8Array): Promise<readonly string[]> {
  const id = await system.ask({ artifact: await packageOf(mark, file) });
  await system.untilStatus(id, 'denied', 'waiting-for-approval');
  expect(await system.keyHolderEntries(id)).toEqual([]);
  return system.failedRules(id);
}

it('a certificate of another program signs nothing; a new one signs libraries, and no program under their names', async () => {
  expect(await refused('before', buildLibrary({ exports: ['before'] }))).toEqual(['policy.certificate']);

  const { stack, signerConfig } = system.foundation;
  const ceremony = join(stack.paths.state, 'ceremony.yaml');
  const { stdout } = await run(
    process.execPath,
    [...programArguments('issue'), '--ceremony', ceremony, '--signer', signerConfig],
    { cwd: projectDirectory },
  );
  expect(stdout).toContain('esbuild-demo.release.2: issued until');

  // It would notice the new key with its next look at the policy; started again it has it at once.
  system.killSigner();
  await system.restartSigner();
  const artifact = await packageOf('a library', buildLibrary({ exports: ['widget_open'] }));
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'waiting-for-approval');
  await system.approve(id, artifact);
  await system.untilStatus(id, 'completed');
  const released = (await system.releasedFile(id)) ?? '';
  const folder = dirname(ceremony);
  const file = join(folder, 'widget.dll');
  const unpacked = await run('tar', ['-xzOf', released, 'package/widget.dll'], { encoding: 'buffer' });
  await writeFile(file, unpacked.stdout);
  const root = system.foundation.keys.rootCertificate;
  const verified = await run('osslsigncode', ['verify', '-CAfile', root, '-TSA-CAfile', root, '-in', file]);
  expect(verified.stdout).toContain('Signature verification: ok');

  expect(await refused('an exe named dll', buildProgram({ subsystem: 2 }))).toEqual(['inspection.kind']);
  expect(await refused('an applet', buildLibrary({ exports: ['CPlApplet'] }))).toEqual(['inspection.kind']);
  expect(await refused('a driver', buildLibrary({ subsystem: 1 }))).toEqual(['inspection.kind']);
});
