import { describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import type { AuthenticodeSign } from '../generated/index.ts';
import { createTestSigner } from '../pki/cms/signer.fixture.ts';
import { signRounds } from './authenticode/sign-rounds.fixture.ts';
import { cab, stored } from './cab/cab.fixture.ts';
import { catalog, flat } from './catalog/catalog.fixture.ts';
import { existingSignaturesMax, readExistingSignatures } from './existing-signature.ts';
import type { FormatType, Signing } from './format.ts';
import { installer } from './msi/msi.fixture.ts';
import { nupkg, signPackage } from './nuget/nuget.fixture.ts';
import { buildProgram } from './pe/program.fixture.ts';
import { memorySource } from './random-access.ts';
import { formats } from './registry.ts';
import { ascii, crlf, utf8 } from './script-text/text.fixture.ts';
import { zip } from './zip/zip.fixture.ts';

const signer = createTestSigner('Maker');
const manifest = { name: 'META-INF/MANIFEST.MF', content: crlf('Manifest-Version: 1.0\n\n') };

async function signed(type: FormatType, file: Uint8Array, name: string): Promise<Uint8Array> {
  if (type === 'nuget') return (await signPackage(signer, file)).signed;
  const { signing } = formats[type];
  if (signing === null) throw new Error('not signed');
  const sign = { method: signing.id } as AuthenticodeSign;
  return signRounds({ signing: signing as unknown as Signing<AuthenticodeSign>, signer, file, sign, name });
}

describe('the signatures that a file brings along', () => {
  it.each([
    ['pe', () => buildProgram(), 'a.exe'],
    ['cab', () => cab([{ type: stored, files: [{ name: 'a', content: Buffer.from('a') }] }]), 'a.cab'],
    ['msi', () => installer(), 'a.msi'],
    ['catalog', () => catalog([flat('a', Buffer.from('a'))]), 'a.cat'],
    ['powershell', () => utf8(crlf('Write-Host 1\n')), 'a.ps1'],
    ['windows-script', () => ascii(crlf('var a;\n')), 'a.js'],
    ['jar', () => zip([manifest, { name: 'a', content: 'x' }]), 'a.jar'],
    ['nuget', () => nupkg(), 'a.nupkg'],
  ] as const)('are told of one of type %s', async (type, unsigned, name) => {
    const file = await signed(type, await unsigned(), name);
    const found = await formats[type].signaturesIn?.(memorySource(file), name);
    expect(readExistingSignatures('Method', found ?? [], 'unverified')).toEqual([
      {
        method: 'Method',
        signer: 'Maker',
        issuer: 'Maker root',
        certificateSha256: createHash('sha256').update(signer.certificate).digest('hex'),
        signedAt: null,
        standing: 'unverified',
      },
    ]);
  });

  it('have no signer where they can’t be read, and are never many', () => {
    const garbage = Uint8Array.from([0x30, 0x03, 0x02, 0x01, 0x05]);
    expect(readExistingSignatures('Method', [garbage], 'refused')).toEqual([
      expect.objectContaining({ signer: null, certificateSha256: null, standing: 'refused' }),
    ]);
    const many = readExistingSignatures('Method', new Array<Uint8Array>(100).fill(garbage), 'unverified');
    expect(many.length).toBeLessThanOrEqual(existingSignaturesMax);
  });
});
