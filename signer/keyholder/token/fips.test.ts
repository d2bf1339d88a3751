import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkApprovedCertificate, checkApprovedKey } from './fips.ts';

const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey;
const refused = expect.objectContaining({ code: 'NOT_APPROVED' }) as Error;
const good = {
  extractable: false,
  sensitive: true,
  neverExtractable: true,
  alwaysSensitive: true,
  local: true,
  protected: true,
};

/** A certificate by openssl, signed with a hash. */
function certificate(hash: string, newKey: readonly string[] = ['rsa:3072']): X509Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'fips-'));
  try {
    const args = ['-x509', '-newkey', ...newKey, '-nodes', '-keyout', 'key', '-out', 'out', '-subj', '/CN=x'];
    execFileSync('openssl', ['req', ...args, `-${hash}`], { cwd: folder, stdio: 'pipe' });
    return new X509Certificate(readFileSync(join(folder, 'out')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the FIPS switch', () => {
  it('accepts RSA-3072, the NIST curves and Ed25519', () => {
    checkApprovedKey('k', rsa(3072), good);
    checkApprovedKey('k', generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey, good);
    checkApprovedKey('k', generateKeyPairSync('ed25519').publicKey, good);
    checkApprovedCertificate(certificate('sha384'));
  });

  it.each([
    ['RSA of 2048 bits', () => checkApprovedKey('k', rsa(2048), good)],
    ['a public exponent of 3', () => checkApprovedKey('k', rsa(3072, 3), good)],
    [
      'a curve that isn’t NIST’s',
      () => checkApprovedKey('k', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey, good),
    ],
    ['X25519', () => checkApprovedKey('k', generateKeyPairSync('x25519').publicKey, good)],
    ['a key that can leave', () => checkApprovedKey('k', rsa(3072), { ...good, protected: false })],
    [
      'P-224, which gives 112 bits',
      () => checkApprovedKey('k', generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).publicKey, good),
    ],
    ['Ed448', () => checkApprovedKey('k', generateKeyPairSync('ed448').publicKey, good)],
    [
      'RSASSA-PSS, which no token here is asked for',
      () => checkApprovedKey('k', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey, good),
    ],
    [
      'a certificate with RSA of 2048 bits',
      () => checkApprovedCertificate(certificate('sha256', ['rsa:2048'])),
    ],
    [
      'a certificate of a curve that isn’t NIST’s',
      () =>
        checkApprovedCertificate(certificate('sha256', ['ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'])),
    ],
    ['a certificate signed with SHA-224', () => checkApprovedCertificate(certificate('sha224'))],
    ['a certificate signed with SHA-1', () => checkApprovedCertificate(certificate('sha1'))],
  ])('refuses %s', (_, attempt) => {
    expect(attempt).toThrow(refused);
  });
});
