/** Programs of upstream and our own through the whole real signer: verified, signed next to upstream's signature, by two hashes; and refused. */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { peSigning } from '#core/formats/pe/sign.ts';
import { signRounds } from '#core/formats/authenticode/sign-rounds.fixture.ts';
import { createTestSigner, toPem } from '#core/pki/cms/signer.fixture.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import { nsisInstaller } from '../../../signer/inspector/unpackers/installers.fixture.ts';
import { lacksTools } from '../lacks.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

const run = promisify(execFile);
const upstream = createTestSigner('Upstream');
const stranger = createTestSigner('Stranger');
const reason = 'Signs the runtime that is in this package.';

let system: FoundationUnderTest;
beforeAll(async () => {
  system = await FoundationUnderTest.start({
    adapt: async (folder) => {
      const artifact = join(folder, 'projects/esbuild-demo/artifacts/windows-package.yaml');
      await appendFile(
        artifact,
        '    - { type: pe, path: package/runtime.dll, verify: authenticode, matches: { min: 0, max: 1 } }\n' +
          '    - { type: pe, path: package/setup.exe, requireSignedInside: true, matches: { min: 0, max: 1 } }\n' +
          '    - type: pe\n      path: package/helper.exe\n      verify: authenticode\n      matches: { min: 0, max: 1 }\n' +
          '      sign: { method: authenticode, existingSignature: append, hashAlgorithm: [sha256, sha512] }\n',
      );
      const root = JSON.stringify([{ name: 'upstream', reason, certificate: toPem([upstream.root]) }]);
      await appendFile(join(folder, 'trust/root.yaml'), `upstreamRoots: ${root}\n`);
    },
  });
});
afterAll(() => system.stop());

const [program, runtime, helper] = ['program', 'runtime', 'helper'].map((name) =>
  buildProgram({ overlay: Buffer.from(name) }),
) as [Uint8Array, Uint8Array, Uint8Array];
const signedBy = (signer: typeof upstream, file: Uint8Array) =>
  signRounds({ signing: peSigning, signer, file, sign: { method: 'authenticode' } });

const packageOf = async (signer: typeof upstream) =>
  packageWith('authenticode', {
    'package/esbuild.exe': program,
    'package/README.md': '# Authenticode',
    'package/runtime.dll': await signedBy(upstream, runtime),
    'package/helper.exe': await signedBy(signer, helper),
  });

it('what upstream signed is verified, and signed twice next to its signature, which stays', async () => {
  const artifact = await packageOf(upstream);
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'waiting-for-approval', 'denied');
  expect(await system.failedRules(id)).toEqual([]);
  await system.approve(id, artifact);
  await system.untilStatus(id, 'completed');
  const folder = join(system.foundation.stack.paths.state, 'unpacked');
  await mkdir(folder);
  await run('tar', ['-xzf', (await system.releasedFile(id)) ?? '', '-C', folder]);
  const at = (name: string): string => join(folder, name);
  const own = system.foundation.keys.rootCertificate;
  await writeFile(at('roots.pem'), `${await readFile(own, 'utf8')}\n${toPem([upstream.root])}`);
  const files = ['-CAfile', at('roots.pem'), '-TSA-CAfile', own, '-in', at('package/helper.exe')];
  const { stdout } = await run('osslsigncode', ['verify', ...files]);
  const count = (what: RegExp): number => [...stdout.matchAll(what)].length;
  expect(count(/^\s*Signature verification: ok/gm)).toBe(3);
  expect(count(/Timestamp Server Signature verification: ok/g)).toBe(2);
  expect(stdout).toContain('Message digest algorithm  : SHA512');
  expect(await readFile(at('package/runtime.dll'))).toEqual(Buffer.from(await signedBy(upstream, runtime)));
});

describe.skipIf(lacksTools('bwrap', '7zz', 'makensis'))('an installer', () => {
  const installerOf = async (...programs: readonly string[]) => {
    const folder = join(system.foundation.stack.paths.state, 'unpacked');
    const files = programs.map(
      async (name) => [name, await readFile(join(folder, 'package', name))] as const,
    );
    const setup = await nsisInstaller(folder, { files: Object.fromEntries(await Promise.all(files)) });
    return packageWith(`installer of ${programs.join(' and ')}`, { 'package/setup.exe': setup });
  };
  const insideOf = async (id: string) =>
    (await system.journal(id))
      .flatMap(({ body }) => (body['findings'] as readonly Finding[] | undefined) ?? [])
      .filter(({ rule }) => rule.startsWith('installer.') || rule === 'scan.opened');

  it('of what the run before had signed is opened by 7-Zip, and its programs are recognised', async () => {
    const artifact = await installerOf('esbuild.exe', 'helper.exe', 'runtime.dll');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval', 'denied');
    expect(await system.failedRules(id)).toEqual([]);
    const [inside, opened] = await insideOf(id);
    expect(inside?.message).toMatch(
      /2 are signed by the foundation in an earlier request of this build run \(.*\); 1 is signed by upstream/,
    );
    expect(opened?.message).toMatch(/setup\.exe was opened \(NSIS installer\), in part by 7-Zip/);
  });

  it('with a program that nobody signed is denied, and the program named', async () => {
    await writeFile(join(system.foundation.stack.paths.state, 'unpacked/package/other.exe'), program);
    const id = await system.ask({ artifact: await installerOf('esbuild.exe', 'other.exe') });
    await system.untilStatus(id, 'denied', 'waiting-for-approval');
    expect(await system.failedRules(id)).toEqual(['installer.unsigned-inside']);
    expect((await insideOf(id))[0]?.message).toContain(': other.exe.');
    expect(await system.keyHolderEntries(id)).toEqual([]);
  });
});

it('what a stranger signed is denied before anybody approves, and no key is used', async () => {
  const id = await system.ask({ artifact: await packageOf(stranger) });
  await system.untilStatus(id, 'denied', 'waiting-for-approval');
  expect(await system.failedRules(id)).toEqual(['pe.upstream-untrusted']);
  expect(await system.keyHolderEntries(id)).toEqual([]);
});
