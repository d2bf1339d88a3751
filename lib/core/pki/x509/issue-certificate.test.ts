import { generateKeyPairSync, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asOid, asSequence, readDer } from '../asn1/index.ts';
import { issueCertificate, parseCertificate, verifyCertificatePath } from './index.ts';
import type { CertificateKind } from './index.ts';

const start = new Date('2026-11-01T00:00:00Z');
const days = (count: number): Date => new Date(start.getTime() + count * 86_400_000);
const serial = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);

interface Holder {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}
const [rootKey, issuingKey, leafKey] = [1, 2, 3].map(() =>
  generateKeyPairSync('rsa', { modulusLength: 3072 }),
) as [Holder, Holder, Holder];
const signWith = (key: Holder) => (tbs: Uint8Array) => Promise.resolve(sign('sha256', tbs, key.privateKey));

function issue(
  kind: CertificateKind,
  key: Holder,
  issuer: { certificate: Uint8Array; key: Holder } | null,
  lifeDays = 400,
): Promise<Uint8Array> {
  return issueCertificate(
    {
      kind,
      subject: {
        country: 'AT',
        organization: 'Example Foundation',
        commonName: `${kind === 'test' ? 'TEST ONLY: ' : ''}Example ${kind}`,
      },
      publicKey: key.publicKey,
      issuer: issuer?.certificate ?? null,
      serial,
      notBefore: start,
      notAfter: days(lifeDays),
      urls:
        kind === 'root' || kind === 'test'
          ? {}
          : { crl: 'http://crl.example.org/issuing.crl', policyOid: '2.23.140.1.4.1' },
    },
    signWith(issuer?.key ?? key),
  );
}

const root = await issue('root', rootKey, null, 3650);
const issuing = await issue('issuing', issuingKey, { certificate: root, key: rootKey }, 1825);
const release = await issue('release', leafKey, { certificate: issuing, key: issuingKey });
const timestamp = await issue('timestamp', leafKey, { certificate: root, key: rootKey }, 1000);

const path = { intermediates: [issuing], trustedRoots: [root], at: days(1), usage: 'codeSigning' as const };

describe('issuing certificates', () => {
  it('gives a release certificate digitalSignature, code signing, key identifiers, policy and CRL address', () => {
    const { extensions, node } = parseCertificate(release);
    expect(node.keyUsage).toEqual(['1.3.6.1.5.5.7.3.3']);
    expect(node.ca).toBe(false);
    const types = extensions.extensions.map((extension) => extension.type).sort();
    expect(types).toEqual(['2.5.29.14', '2.5.29.15', '2.5.29.31', '2.5.29.32', '2.5.29.35', '2.5.29.37']);
    expect(node.subject).toBe('C=AT\nO=Example Foundation\nCN=Example release');
  });

  it('gives a timestamp authority its only extended key usage, critical', () => {
    const { extensions } = parseCertificate(timestamp);
    const extended = extensions.extensions.find((extension) => extension.type === '2.5.29.37');
    expect(extended?.critical).toBe(true);
    expect(new X509Certificate(timestamp).keyUsage).toEqual(['1.3.6.1.5.5.7.3.8']);
  });

  it.each([
    [
      'a release certificate of 461 days',
      () => issue('release', leafKey, { certificate: issuing, key: issuingKey }, 461),
    ],
    [
      'a timestamp certificate over 135 months',
      () => issue('timestamp', leafKey, { certificate: root, key: rootKey }, 4105),
    ],
    [
      'a certificate that outlives its issuer',
      () => issue('issuing', leafKey, { certificate: root, key: rootKey }, 3651),
    ],
    ['an issuer that is not a CA', () => issue('release', leafKey, { certificate: release, key: leafKey })],
    ['a self-signed release certificate', () => issue('release', leafKey, null)],
    ['an inverted validity', () => issue('test', leafKey, null, -1)],
  ])('refuses %s', async (_, attempt) => {
    await expect(attempt()).rejects.toMatchObject({ code: 'PROFILE_INVALID' });
  });

  it('refuses a signature by another key than the issuer’s', async () => {
    const attempt = issue('release', leafKey, { certificate: issuing, key: rootKey });
    await expect(attempt).rejects.toMatchObject({ code: 'SIGNATURE_WRONG' });
  });

  it.each([
    ['P-256', 'sha256', '1.2.840.10045.4.3.2'],
    ['P-384', 'sha384', '1.2.840.10045.4.3.3'],
  ] as const)(
    'signs a test certificate of a key on %s with %s, and openssl verifies it',
    async (curve, hash, oid) => {
      const pair = generateKeyPairSync('ec', { namedCurve: curve });
      const asked: string[] = [];
      const der = await issueCertificate(
        {
          kind: 'test',
          subject: { organization: 'Example Foundation', commonName: 'TEST ONLY: Example' },
          publicKey: pair.publicKey,
          issuer: null,
          serial,
          notBefore: start,
          notAfter: days(300),
        },
        (tbs, _, by) => {
          asked.push(by);
          return Promise.resolve(sign(by, tbs, pair.privateKey));
        },
      );
      expect(asked).toEqual([hash]);
      const [, algorithm] = asSequence(readDer(der));
      expect(algorithm?.children.map((child) => asOid(child))).toEqual([oid]);
      expect(new X509Certificate(der).verify(pair.publicKey)).toBe(true);
      const released = await issue('release', pair, { certificate: issuing, key: issuingKey });
      expect(verifyCertificatePath({ ...path, certificate: released })).toHaveLength(3);
    },
  );

  it.each(['issuing', 'timestamp', 'ocsp'] as const)('refuses a key on a curve for %s', async (kind) => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const attempt = issue(kind, pair, { certificate: root, key: rootKey }, 300);
    await expect(attempt).rejects.toMatchObject({ code: 'PROFILE_INVALID' });
  });

  it('refuses a curve that isn’t used here', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const attempt = issue('release', pair, { certificate: issuing, key: issuingKey });
    await expect(attempt).rejects.toMatchObject({ code: 'PROFILE_INVALID' });
  });

  it('refuses an RSA-2048 key', async () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await expect(issue('test', small, null)).rejects.toMatchObject({ code: 'PROFILE_INVALID' });
  });
});

describe('verifying a certificate path', () => {
  const query = { intermediates: [issuing, timestamp], trustedRoots: [root], at: days(1) };

  it('finds the path from a release certificate to the root', () => {
    const path = verifyCertificatePath({ ...query, certificate: release, usage: 'codeSigning' });
    expect(path).toEqual([release, issuing, root]);
  });

  it('accepts a timestamp certificate that the root issued itself', () => {
    expect(verifyCertificatePath({ ...query, certificate: timestamp, usage: 'timeStamping' })).toHaveLength(
      2,
    );
  });

  it.each([
    ['USAGE_WRONG', { certificate: release, usage: 'timeStamping' as const }],
    ['UNTRUSTED', { certificate: release, usage: 'codeSigning' as const, intermediates: [] }],
    ['UNTRUSTED', { certificate: release, usage: 'codeSigning' as const, trustedRoots: [] }],
    ['NOT_VALID_AT_TIME', { certificate: release, usage: 'codeSigning' as const, at: days(401) }],
    ['MALFORMED', { certificate: release.subarray(1), usage: 'codeSigning' as const }],
  ])('refuses with %s', (code, change) => {
    expect(() => verifyCertificatePath({ ...query, ...change })).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a timestamp certificate under the issuing CA, which is limited to code signing', async () => {
    const certificate = await issue('timestamp', leafKey, { certificate: issuing, key: issuingKey });
    const attempt = () => verifyCertificatePath({ ...query, certificate, usage: 'timeStamping' });
    expect(attempt).toThrow(expect.objectContaining({ code: 'UNTRUSTED' }));
  });

  it('refuses a second CA below an issuing CA with path length 0', async () => {
    const second = await issue('issuing', rootKey, { certificate: issuing, key: issuingKey }, 1000);
    const certificate = await issue('release', leafKey, { certificate: second, key: rootKey });
    const attempt = () =>
      verifyCertificatePath({
        ...query,
        certificate,
        intermediates: [second, issuing],
        usage: 'codeSigning',
      });
    expect(attempt).toThrow(expect.objectContaining({ code: 'UNTRUSTED' }));
  });
});
