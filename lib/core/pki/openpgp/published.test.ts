import { describe, expect, test } from 'vitest';
import { createOpenPgpSigner } from './openpgp.fixture.ts';
import { armor, openPgpRevocation, publishedOpenPgpKey, readArmor } from './index.ts';
import { hashedKey } from './key.ts';

const block = 'PGP PUBLIC KEY BLOCK';
const [signer, other] = await Promise.all([
  createOpenPgpSigner('widget@example.org', 2048),
  createOpenPgpSigner('gadget@example.org', 2048),
]);
const revocation = await openPgpRevocation(signer.key, signer.signAbout);

describe('a key as it is published', () => {
  test('is the certificate of the ceremony, with its address', () => {
    const { userId, address, certificate } = publishedOpenPgpKey(signer.key, signer.certificate);
    expect(address).toBe('widget@example.org');
    expect(userId).toBe('Project Widget <widget@example.org>');
    expect(armor(block, certificate)).toBe(signer.certificate);
  });

  test('has its revocation right behind the key', () => {
    const plain = publishedOpenPgpKey(signer.key, signer.certificate).certificate;
    const { certificate } = publishedOpenPgpKey(signer.key, signer.certificate, revocation);
    const packet = readArmor(block, revocation);
    const at = certificate.indexOf(packet);
    expect(at).toBeGreaterThan(0);
    expect(Buffer.concat([certificate.subarray(0, at), certificate.subarray(at + packet.length)])).toEqual(
      plain,
    );
  });

  test.each<readonly [string, () => unknown]>([
    ['another key’s certificate', () => publishedOpenPgpKey(other.key, signer.certificate)],
    ['a revocation alone', () => publishedOpenPgpKey(signer.key, revocation)],
    ['what is no armor', () => publishedOpenPgpKey(signer.key, `x${signer.certificate}`)],
  ])('is refused: %s', (_, read) => {
    expect(read).toThrow(expect.objectContaining({ code: 'MALFORMED' }) as Error);
  });

  test.each<readonly [string, () => Promise<string>]>([
    ['that another key signed', () => openPgpRevocation(signer.key, other.signAbout)],
    ['of another key', () => openPgpRevocation(other.key, other.signAbout)],
    ['that is a certificate', () => Promise.resolve(signer.certificate)],
    [
      'that is a signature of a document',
      async () => armor(block, await signer.sign(Buffer.from('x'), { hash: 'sha512' })),
    ],
    [
      // Anybody with an approved policy may have one made: it is hashed as the revocation would be.
      'that is a signature of a document whose bytes are the key’s',
      async () => armor(block, await signer.sign(hashedKey(signer.key), { hash: 'sha512' })),
    ],
  ])('takes no revocation %s', async (_, make) => {
    const made = await make();
    expect(() => publishedOpenPgpKey(signer.key, signer.certificate, made)).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }) as Error,
    );
  });
});
