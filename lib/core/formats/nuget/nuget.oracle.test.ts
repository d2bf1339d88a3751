/**
 * What NuGet would verify of a signed package, by other programs: openssl the signature, a reader in Python, which shares no code with
 * this one, what it is about; unzip, bsdtar and Python that the archive is whole. dotnet itself isn't in Debian.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { createTestSigner, toPem } from '../../pki/cms/signer.fixture.ts';
import { createTimestampAuthority } from '../../pki/cms/timestamp.fixture.ts';
import { memorySource } from '../random-access.ts';
import { nupkg, nuspec, signPackage } from './nuget.fixture.ts';
import { readPackage } from './read-package.ts';
import { nugetSigning } from './sign.ts';
import { signatureContent, unsignedDigest } from './unsigned-digest.ts';

const dir = mkdtempSync(join(tmpdir(), 'countersign-nuget-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});
const at = (name: string): string => join(dir, name);
const secondReader = join(import.meta.dirname, 'second-reader.py');
const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const unsigned = {
  deflated: nupkg(),
  'with data descriptors and a comment': nupkg(
    [
      { name: 'lib/a.dll', content: 'a'.repeat(5000), descriptor: { signature: true, wide: false } },
      { name: 'lib/b.dll', content: 'b'.repeat(10), method: 0 },
    ],
    { comment: 'a comment' },
  ),
  'with a directory in another order': nupkg([{ name: 'lib/b.dll' }, { name: 'content/%2B.txt' }], {
    order: [4, 2, 0, 1, 3],
  }),
} as const;

describe.skipIf(lacksTools('openssl', 'python3', 'unzip', 'bsdtar'))('other programs', () => {
  const signer = createTestSigner('Countersign packages');
  const tsa = createTimestampAuthority(at('tsa'));
  writeFileSync(at('root.pem'), toPem([signer.root]));
  writeFileSync(at('signer.pem'), toPem([signer.certificate]));
  writeFileSync(at('key.pem'), signer.key.export({ type: 'pkcs8', format: 'pem' }));

  /** → content of the signature, as openssl gives it after verifying it. */
  function verified(p7s: string): string {
    const trust = ['-purpose', 'any', '-CAfile', at('root.pem')];
    return run('openssl', 'cms', '-verify', '-binary', '-inform', 'DER', '-in', p7s, ...trust);
  }

  test.each(Object.entries(unsigned))('accept a signed package, %s', async (_name, bytes) => {
    const { signed, timestampToken, signature } = await signPackage(signer, bytes, {
      stamp: (raw) => tsa.stamp(raw),
    });
    writeFileSync(at('signed.nupkg'), signed);
    const digest = run('python3', secondReader, at('signed.nupkg'), 'sha256', at('signature.p7s')).trim();
    expect(digest).toBe(createHash('sha256').update(bytes).digest('hex'));
    const base64 = Buffer.from(digest, 'hex').toString('base64');
    expect(verified(at('signature.p7s'))).toBe(`Version:1\n\n2.16.840.1.101.3.4.2.1-Hash:${base64}\n\n`);
    expect(run('unzip', '-t', at('signed.nupkg'))).toContain('No errors detected');
    expect(execFileSync('bsdtar', ['-xOf', at('signed.nupkg'), '.signature.p7s'])).toEqual(
      readFileSync(at('signature.p7s')),
    );
    const list =
      'import zipfile, sys; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist()[-1])';
    expect(run('python3', '-c', list, at('signed.nupkg'))).toBe('None .signature.p7s\n');
    writeFileSync(at('token.der'), timestampToken ?? '');
    writeFileSync(at('signature.bin'), signature);
    const stamped = ['-in', at('token.der'), '-token_in', '-data', at('signature.bin')];
    expect(run('openssl', 'ts', '-verify', ...stamped, '-CAfile', tsa.rootPem)).toContain('Verification: OK');
  });

  test.each(['sha256', 'sha384', 'sha512'] as const)('accept %s', async (hashAlgorithm) => {
    const sign = { method: 'nuget', hashAlgorithm } as const;
    const { signed, read } = await signPackage(signer, unsigned.deflated, { sign });
    expect(nugetSigning.verify(read, signer.certificate, sign).problems).toEqual([]);
    writeFileSync(at('signed.nupkg'), signed);
    const digest = run(
      'python3',
      secondReader,
      at('signed.nupkg'),
      hashAlgorithm,
      at('signature.p7s'),
    ).trim();
    expect(digest).toBe(createHash(hashAlgorithm).update(unsigned.deflated).digest('hex'));
    expect(verified(at('signature.p7s'))).toContain(
      `-Hash:${Buffer.from(digest, 'hex').toString('base64')}\n`,
    );
    const printed = run('openssl', 'cms', '-cmsout', '-print', '-inform', 'DER', '-in', at('signature.p7s'));
    for (const text of [
      '1.2.840.113549.1.9.16.2.16',
      'id-smime-aa-signingCertificateV2',
      'signingTime',
      hashAlgorithm,
    ])
      expect(printed).toContain(text);
    expect(printed.match(/d\.certificate/g)).toHaveLength(2);
  });

  test('a byte that changes after signing is seen by them as here', async () => {
    const { signed, p7s } = await signPackage(signer, unsigned.deflated);
    const changed = Uint8Array.from(signed);
    changed[10] = (changed[10] ?? 0) ^ 1;
    writeFileSync(at('changed.nupkg'), changed);
    const theirs = run('python3', secondReader, at('changed.nupkg'), 'sha256', at('changed.p7s')).trim();
    expect(theirs).not.toBe(createHash('sha256').update(unsigned.deflated).digest('hex'));
    const sign = { method: 'nuget' } as const;
    await expect(
      nugetSigning.readBack(memorySource(unsigned.deflated), memorySource(changed), p7s, sign),
    ).rejects.toThrow();
  });

  test.each(Object.entries(unsigned))(
    'a package that openssl and Python signed is about the same bytes here, %s',
    async (_name, bytes) => {
      const digest = createHash('sha256').update(bytes).digest();
      writeFileSync(at('content'), signatureContent(digest, 'sha256'));
      const by = ['-signer', at('signer.pem'), '-inkey', at('key.pem'), '-md', 'sha256', '-cades'];
      const files = ['-in', at('content'), '-out', at('theirs.p7s'), '-outform', 'DER'];
      run('openssl', 'cms', '-sign', '-binary', '-nodetach', ...by, ...files);
      writeFileSync(at('theirs.nupkg'), bytes);
      const append = [
        'import zipfile, sys',
        'info = zipfile.ZipInfo(".signature.p7s")',
        'with zipfile.ZipFile(sys.argv[1], "a") as z:',
        '  z.writestr(info, open(sys.argv[2], "rb").read())',
        '  info.external_attr = 0',
      ].join('\n');
      run('python3', '-c', append, at('theirs.nupkg'), at('theirs.p7s'));
      const source = memorySource(Uint8Array.from(readFileSync(at('theirs.nupkg'))));
      const ours = await unsignedDigest(source, await readPackage(source), 'sha256');
      expect(Buffer.from(ours).toString('hex')).toBe(digest.toString('hex'));
    },
  );

  test('a package that zip made is read and signed', async () => {
    run('mkdir', '-p', at('tree/lib/net8.0'));
    writeFileSync(at('tree/Widget.nuspec'), nuspec());
    writeFileSync(at('tree/lib/net8.0/Widget.dll'), 'MZ');
    execFileSync('zip', ['-q', '-X', '-r', at('made.nupkg'), '.'], { cwd: at('tree') });
    const bytes = Uint8Array.from(readFileSync(at('made.nupkg')));
    writeFileSync(at('signed.nupkg'), (await signPackage(signer, bytes)).signed);
    const digest = run('python3', secondReader, at('signed.nupkg'), 'sha256', at('signature.p7s')).trim();
    expect(digest).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});
