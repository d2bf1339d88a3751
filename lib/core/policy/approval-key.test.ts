import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseSshPublicKeyLine, SshSignatureError } from '../pki/sshsig/index.ts';
import { checkApprovalKey } from './approval-key.ts';
import { newSshKey, sshBlob } from './seed.fixture.ts';

const line = (type: string, ...fields: readonly Uint8Array[]): string =>
  `${type} ${sshBlob(type, ...fields)} somebody`;
const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({ format: 'jwk' });
const modulus = Buffer.from(rsa.n ?? '', 'base64url');
const exponent = Buffer.from(rsa.e ?? '', 'base64url');
const positive = Buffer.concat([Buffer.alloc(1), modulus]);
const curve = Buffer.from('nistp256');

const good: Readonly<Record<string, string>> = {
  'an Ed25519 key': newSshKey(),
  'an RSA key': line('ssh-rsa', exponent, positive),
};
// The forms that ssh-keygen doesn't write, or no longer does: 35 was its exponent once.
const bad: Readonly<Record<string, string>> = {
  'an RSA exponent of 35': line('ssh-rsa', Buffer.from([35]), positive),
  'an even RSA exponent': line('ssh-rsa', Buffer.from([1, 0, 2]), positive),
  'a negative RSA modulus': line('ssh-rsa', exponent, modulus),
  'the same RSA key written differently': line(
    'ssh-rsa',
    exponent,
    Buffer.concat([Buffer.alloc(1), positive]),
  ),
  'a point that is on no curve': line(
    'ecdsa-sha2-nistp256',
    curve,
    Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]),
  ),
};

describe('a key of a person', () => {
  test.each(Object.entries(good))('may be %s', (_, key) => {
    expect(checkApprovalKey(key)).toMatchObject({ ok: true });
  });

  test.each(Object.entries(bad))('may not be %s', (_, key) => {
    expect(checkApprovalKey(key)).toMatchObject({ ok: false });
  });

  test('is in a policy only where whoever verifies signatures can use it', () => {
    for (const key of [...Object.values(good), ...Object.values(bad)]) {
      expect(isUsable(key), key).toBe(checkApprovalKey(key).ok);
    }
  });
});

function isUsable(key: string): boolean {
  try {
    parseSshPublicKeyLine(key);
    return true;
  } catch (error) {
    if (error instanceof SshSignatureError) return false;
    throw error;
  }
}
