/** A web application with a library in it and a Windows program in that, signed from the inside out, through the whole real signer. */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

const run = promisify(execFile);

const element = `    - type: jar
      path: package/app.war
      sign: { method: jar }
      contents:
        - type: jar
          path: WEB-INF/lib/tool.jar
          metadata: { implementationTitle: Tool }
          sign: { method: jar, hashAlgorithm: sha384 }
          contents:
            - { type: pe, path: native/tool.exe, sign: { method: authenticode } }
            - { type: file, path: '**', matches: { min: 0, max: unbounded } }
        - { type: file, path: '**', matches: { min: 0, max: unbounded } }
`;

let system: FoundationUnderTest;
beforeAll(async () => {
  system = await FoundationUnderTest.start({
    adapt: async (folder) => {
      const file = join(folder, 'projects/esbuild-demo/artifacts/windows-package.yaml');
      await appendFile(file, element);
      expect(await readFile(file, 'utf8')).toMatch(/README\.md\n {4}- type: jar/);
    },
  });
});
afterAll(() => system.stop());

const manifest = (more: string) => ({
  name: 'META-INF/MANIFEST.MF',
  content: `Manifest-Version: 1.0\r\n${more}\r\n`,
});

function war(...more: readonly { readonly name: string; readonly content?: string }[]): Uint8Array {
  const tool = zip([
    manifest('Implementation-Title: Tool\r\n'),
    { name: 'demo/Tool.class', content: 'class' },
    { name: 'native/tool.exe', content: buildProgram({ overlay: Buffer.from('inside') }) },
    ...more,
  ]);
  return zip([
    manifest(''),
    { name: 'WEB-INF/web.xml', content: '<web-app/>' },
    { name: 'WEB-INF/lib/tool.jar', content: tool },
  ]);
}

it('a war is signed after the jar in it, and that after the program in it; jarsigner accepts both', async () => {
  const artifact = await packageWith('jar', { 'package/app.war': war() });
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'waiting-for-approval', 'denied');
  expect(await system.failedRules(id)).toEqual([]);
  await system.approve(id, artifact);
  await system.untilStatus(id, 'completed');
  const folder = join(system.foundation.stack.paths.state, 'unpacked');
  await mkdir(folder);
  await run('tar', ['-xzf', (await system.releasedFile(id)) ?? '', '-C', folder]);
  const at = (name: string): string => join(folder, name);
  await run('unzip', ['-q', at('package/app.war'), '-d', at('war')]);
  await run('unzip', ['-q', at('war/WEB-INF/lib/tool.jar'), '-d', at('jar')]);
  const root = system.foundation.keys.rootCertificate;
  const store = ['-keystore', at('trust.p12'), '-storetype', 'PKCS12', '-storepass', 'changeit'];
  await run('keytool', ['-importcert', '-noprompt', '-alias', 'root', '-file', root, ...store]);
  for (const file of [at('package/app.war'), at('war/WEB-INF/lib/tool.jar')]) {
    const { stdout } = await run('jarsigner', ['-verify', '-strict', '-verbose', '-certs', ...store, file]);
    expect(stdout).toContain('jar verified.');
    expect(stdout).toContain('Timestamped by');
  }
  const verified = await run('osslsigncode', [
    ...['verify', '-CAfile', root, '-TSA-CAfile', root],
    ...['-in', at('jar/native/tool.exe')],
  ]);
  expect(verified.stdout).toContain('Signature verification: ok');
});

it('a jar that is signed already is denied before anybody approves, and no key is used', async () => {
  const signed = war({ name: 'META-INF/OTHER.SF', content: 'Signature-Version: 1.0\r\n\r\n' });
  const id = await system.ask({ artifact: await packageWith('signed', { 'package/app.war': signed }) });
  await system.untilStatus(id, 'denied', 'waiting-for-approval');
  expect(await system.failedRules(id)).toEqual(['jar.already-signed']);
  expect(await system.keyHolderEntries(id)).toEqual([]);
});
