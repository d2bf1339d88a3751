/**
 * Files whose signatures are put beside them, and a list that follows the signed program, through the whole real signer: openssl, sha256sum, tar and
 * bsdtar judge what comes out.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { packageWith, sha256 } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

const run = promisify(execFile);

async function replaceIn(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
}

let system: FoundationUnderTest;
beforeAll(async () => {
  system = await FoundationUnderTest.start({
    ownKeys: {
      'esbuild-demo': [
        { name: 'pgp', purpose: 'openpgp' },
        { name: 'plain', purpose: 'raw', key: 'p-256' },
      ],
    },
    adapt: async (folder) => {
      const file = join(folder, 'projects/esbuild-demo/artifacts/windows-package.yaml');
      await replaceIn(file, '        existingSignature: refuse\n', '$&      detached: { method: openpgp }\n');
      for (const policy of ['release-signing', 'test-signing'])
        await appendFile(
          join(folder, `projects/esbuild-demo/policies/${policy}.yaml`),
          'openpgpKey: pgp\nrawKey: plain\n',
        );
      await appendFile(
        file,
        '    - { type: file, path: package/notes.txt, sign: { method: cms } }\n' +
          '    - { type: file, path: package/statement.json, sign: { method: dsse } }\n' +
          '    - { type: file, path: package/SHA256SUMS, follows: { format: checksums }, sign: { method: cms } }\n' +
          '    - { type: file, path: package/news.txt, sign: { method: openpgp, encoding: clear-signed } }\n' +
          '    - { type: file, path: package/blob, sign: { method: raw } }\n' +
          '    - type: tar\n      path: package/inner.tar\n      detached: { method: openpgp, encoding: binary }\n' +
          '      contents: [{ type: pe, path: tool.exe, sign: { method: authenticode } }]\n',
      );
      expect(await readFile(file, 'utf8')).toMatch(/README\.md\n {4}- \{ type: file/);
    },
  });
});
afterAll(() => system.stop());

const program = buildProgram({ overlay: new TextEncoder().encode('detached') });
const notes = 'what is new\r\n';
const ownKeyFiles = {
  'package/news.txt': 'One\n- two\n',
  // What the certificate’s key must never sign, a key for raw signatures may.
  'package/blob': 'Signature-Version: 1.0\r\n\r\n',
  'package/inner.tar': tar({
    name: 'tool.exe',
    content: buildProgram({ overlay: new TextEncoder().encode('inner') }),
  }),
};
const statement =
  '{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"x","predicate":{}}';

/** GnuPG and openssl, with nothing but what the ceremony published. */
async function judgeOwnKeys(folder: string): Promise<void> {
  const at = (name: string): string => join(folder, 'package', name);
  const { keys } = system.foundation.stack.paths;
  const home = join(folder, 'gpg');
  await mkdir(home, { mode: 0o700 });
  const gpg = async (...args: readonly string[]): Promise<string> =>
    (await run('gpg', ['--homedir', home, '--batch', '--status-fd', '1', ...args])).stdout;
  await gpg('--import', join(keys, 'esbuild-demo.pgp.asc'));
  // The program with its Authenticode signature, and the archive around the one that was signed in it.
  for (const [signature, file] of [
    ['esbuild.exe.asc', 'esbuild.exe'],
    ['inner.tar.sig', 'inner.tar'],
  ] as const)
    expect(await gpg('--verify', at(signature), at(file))).toContain('VALIDSIG');
  await expect(gpg('--verify', at('esbuild.exe.asc'), at('blob'))).rejects.toThrow();
  const out = join(folder, 'news');
  expect(await gpg('--output', out, '--decrypt', at('news.txt.asc'))).toContain('VALIDSIG');
  expect(await readFile(out, 'utf8')).toBe(ownKeyFiles['package/news.txt']);
  const dgst = ['dgst', '-sha256', '-verify', join(keys, 'esbuild-demo.plain.pub.pem')];
  const raw = await run('openssl', [...dgst, '-signature', at('blob.sig'), at('blob')]);
  expect(raw.stdout).toContain('Verified OK');
  expect(await readFile(at('esbuild.exe'))).not.toEqual(Buffer.from(program));
  await run('gpgconf', ['--homedir', home, '--kill', 'all']).catch(() => undefined);
}

it('a text and a statement are released as they were, with signatures beside them that others accept', async () => {
  const artifact = await packageWith('detached', {
    'package/notes.txt': notes,
    'package/statement.json': statement,
    'package/SHA256SUMS': `${sha256(program)}  esbuild.exe\n${sha256(notes)}  notes.txt\n`,
    ...ownKeyFiles,
  });
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'waiting-for-approval', 'denied');
  expect(await system.failedRules(id)).toEqual([]);
  await system.approve(id, artifact);
  await system.untilStatus(id, 'completed');
  const released = (await system.releasedFile(id)) ?? '';
  const folder = join(system.foundation.stack.paths.state, 'unpacked');
  await mkdir(folder);
  const { stdout: names } = await run('bsdtar', ['-tzf', released]);
  expect(names.trim().split('\n')).toEqual([
    'package/esbuild.exe',
    'package/esbuild.exe.asc',
    'package/package.json',
    'package/README.md',
    'package/notes.txt',
    'package/notes.txt.p7s',
    'package/statement.json',
    'package/statement.json.dsse.json',
    'package/SHA256SUMS',
    'package/SHA256SUMS.p7s',
    'package/news.txt',
    'package/news.txt.asc',
    'package/blob',
    'package/blob.sig',
    'package/inner.tar',
    'package/inner.tar.sig',
  ]);
  await run('tar', ['-xzf', released, '-C', folder]);
  const at = (name: string): string => join(folder, 'package', name);
  expect(await readFile(at('notes.txt'), 'utf8')).toBe(notes);
  const root = system.foundation.keys.rootCertificate;
  const cms = ['cms', '-verify', '-binary', '-inform', 'DER', '-purpose', 'any', '-cades', '-CAfile', root];
  const input = ['-in', at('notes.txt.p7s'), '-content', at('notes.txt'), '-out', '/dev/null'];
  expect((await run('openssl', [...cms, ...input])).stderr).toContain('CAdES Verification successful');
  await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: join(folder, 'package') });
  const list = ['-in', at('SHA256SUMS.p7s'), '-content', at('SHA256SUMS'), '-out', '/dev/null'];
  expect((await run('openssl', [...cms, ...list])).stderr).toContain('CAdES Verification successful');
  await judgeOwnKeys(folder);
  const envelope = JSON.parse(await readFile(at('statement.json.dsse.json'), 'utf8')) as {
    payload: string;
    payloadType: string;
    signatures: { timestamps: unknown[] }[];
  };
  expect(envelope.payloadType).toBe('application/vnd.in-toto+json');
  expect(Buffer.from(envelope.payload, 'base64').toString()).toBe(statement);
  expect(envelope.signatures[0]?.timestamps).toHaveLength(1);

  const digest = createHash('sha256').update(notes).digest('hex');
  const signature = createHash('sha256')
    .update(await readFile(at('notes.txt.p7s')))
    .digest('hex');
  const journal = await system.journal(id);
  const event = journal.find(({ kind }) => kind === 'request.released');
  expect(event?.body['signatures']).toContainEqual(
    expect.objectContaining({
      path: ['package/notes.txt'],
      unsignedSha256: digest,
      signedSha256: signature,
      signaturePath: ['package/notes.txt.p7s'],
    }),
  );
  expect(event?.body['followed']).toEqual([
    expect.objectContaining({
      path: ['package/SHA256SUMS'],
      releasedSha256: sha256(await readFile(at('SHA256SUMS'))),
      fields: 1,
    }),
  ]);
});

it('what another signature is over, and a list that is wrong, is denied before anybody approves, and no key is used', async () => {
  const artifact = await packageWith('grafted', {
    'package/notes.txt': 'SHA-256-Digest-Manifest: AAAA\r\nSignature-Version: 1.0\r\n\r\n',
    'package/statement.json': statement,
    'package/SHA256SUMS': `${sha256(program)}  esbuild.exe\n`,
    ...ownKeyFiles,
  });
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'denied', 'waiting-for-approval');
  expect(await system.failedRules(id)).toEqual(['file.signed-content', 'follow.mismatch']);
  expect(await system.keyHolderEntries(id)).toEqual([]);
});
