import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  bitString,
  boolean,
  explicit,
  ia5String,
  implicitPrimitive,
  ia5Bytes,
  integer,
  nullValue,
  octetString,
  oid,
  oids,
  readDer,
  sequence,
  utf8String,
  set,
  utcTime,
  generalizedTime,
  type Der,
} from '../../asn1/index.ts';
import { issueCertificate } from '../issue-certificate.ts';
import type { CertificateKind } from '../profiles.ts';
import { lintTbsCertificate } from './index.ts';

const start = new Date('2026-11-01T00:00:00Z');
const later = (days: number): Date => new Date(start.getTime() + days * 86_400_000);
const ca = generateKeyPairSync('rsa', { modulusLength: 3072 });
const leaf = generateKeyPairSync('rsa', { modulusLength: 3072 });

async function make(kind: CertificateKind, issuer: Uint8Array | null, days: number): Promise<Uint8Array> {
  const isCa = kind === 'root' || kind === 'issuing';
  return issueCertificate(
    {
      kind,
      issuer,
      publicKey: (isCa ? ca : leaf).publicKey,
      serial: new Uint8Array(16).fill(0x11),
      subject: {
        country: 'AT',
        organization: 'Example',
        commonName: `${kind === 'test' ? 'TEST ONLY: ' : ''}${kind}`,
      },
      notBefore: start,
      notAfter: later(days),
      urls:
        issuer === null
          ? {}
          : { crl: 'http://a.example/a.crl', ocsp: 'http://a.example/ocsp', policyOid: '1.2.3' },
    },
    (bytes) => Promise.resolve(sign('sha256', bytes, (issuer === null && !isCa ? leaf : ca).privateKey)),
  );
}

const root = await make('root', null, 3000);
const tbsOf = (der: Uint8Array): Uint8Array => readDer(der).children[0]?.bytes ?? der;
const release = tbsOf(await make('release', root, 400));

/** The release certificate with some members replaced: version, serial, algorithm, issuer, validity, subject, key, extensions. */
function changed(members: Readonly<Record<number, Uint8Array>>): Uint8Array {
  return sequence(...readDer(release).children.map((child, index) => members[index] ?? child.bytes));
}

const extensions = readDer(release).children[7]?.children[0]?.children ?? [];
const extension = (id: string, value: Uint8Array, critical = false): Der =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
/** The release certificate with one extension replaced, added or (null) left out. */
function withExtension(id: string, replacement: Uint8Array | null): Uint8Array {
  const others = extensions.filter(
    (derNode) => Buffer.compare(derNode.children[0]?.bytes ?? derNode.bytes, oid(id)) !== 0,
  );
  const list = [...others.map((other) => other.bytes), ...(replacement === null ? [] : [replacement])];
  return changed({ 7: explicit(3, sequence(...list)) });
}

const name = (...attributes: readonly Uint8Array[]): Der =>
  sequence(...attributes.map((attribute) => set(attribute)));
const attribute = (type: string, value: Uint8Array): Der => sequence(oid(type), value);
const organization = attribute('2.5.4.10', utf8String('Example'));
const smallKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
  type: 'spki',
  format: 'der',
});
const lowExponent = sequence(
  sequence(oid(oids.rsaEncryption), nullValue()),
  bitString(sequence(integer(new Uint8Array(384).fill(0xff)), integer(3))),
);

/** Both halves of the point are there, and its first octet says that one is. */
const compressedPoint = sequence(
  sequence(oid(oids.ecPublicKey), oid('1.2.840.10045.3.1.7')),
  bitString(Uint8Array.from({ length: 65 }, (_, index) => (index === 0 ? 2 : 1))),
);

const brokenBy = (tbs: Uint8Array, kind: CertificateKind = 'release'): string[] =>
  lintTbsCertificate(tbs, { kind, issuer: root }).flatMap(({ rule, broken }) =>
    broken === null ? [] : [rule],
  );

describe('linting what is to be signed', () => {
  it('finds nothing wrong with each kind as issued, and says where each rule comes from', async () => {
    for (const kind of ['issuing', 'release', 'timestamp', 'ocsp'] as const) {
      expect(brokenBy(tbsOf(await make(kind, root, 300)), kind)).toEqual([]);
    }
    const test = lintTbsCertificate(tbsOf(await make('test', null, 300)), { kind: 'test', issuer: null });
    expect(test.filter((lintResult) => lintResult.broken !== null)).toEqual([]);
    expect(test.every((lintResult) => lintResult.requirement.length > 10)).toBe(true);
    expect(test.length).toBeGreaterThan(20);
  });

  it.each([
    ['version', { 0: explicit(0, integer(1)) }],
    ['serial-number', { 1: integer(5) }],
    ['serial-number', { 1: integer(-(2n ** 100n)) }],
    ['signature-algorithm', { 2: sequence(oid(oids.sha256WithRsaEncryption)) }],
    ['signature-algorithm', { 2: sequence(oid('1.2.840.113549.1.1.5'), nullValue()) }],
    ['issuer-name', { 3: name(organization) }],
    ['validity-encoding', { 4: sequence(utcTime(start), generalizedTime(later(10))) }],
    ['validity-length', { 4: sequence(utcTime(start), utcTime(later(461))) }],
    ['validity-length', { 4: sequence(utcTime(later(1)), utcTime(start)) }],
    ['validity-within-issuer', { 4: sequence(utcTime(later(-1)), utcTime(later(1))) }],
    ['subject-attributes', { 5: name(organization) }],
    ['subject-attributes', { 5: name(organization, organization, attribute('2.5.4.3', utf8String('a'))) }],
    ['subject-strings', { 5: name(organization, attribute('2.5.4.3', ia5String('a'))) }],
    [
      'subject-strings',
      {
        5: name(attribute('2.5.4.6', utf8String('AT')), organization, attribute('2.5.4.3', utf8String('a'))),
      },
    ],
    ['test-mark', { 5: name(organization, attribute('2.5.4.3', utf8String('TEST ONLY: a'))) }],
    ['public-key', { 6: smallKey }],
    ['public-key', { 6: lowExponent }],
    ['public-key', { 6: compressedPoint }],
    [
      'extensions-once',
      {
        7: explicit(
          3,
          sequence(
            ...extensions.map((derNode) => derNode.bytes),
            ...extensions.map((derNode) => derNode.bytes),
          ),
        ),
      },
    ],
  ])('finds a broken %s', (rule, members) => {
    expect(brokenBy(changed(members as Readonly<Record<number, Uint8Array>>))).toContain(rule);
  });

  const address = (text: string) =>
    sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), implicitPrimitive(6, ia5Bytes(text))));
  it.each([
    ['extensions-known', '1.2.3.4', extension('1.2.3.4', nullValue())],
    ['key-usage', oids.keyUsage, null],
    ['key-usage', oids.keyUsage, extension(oids.keyUsage, bitString(Uint8Array.of(0x80), 7))],
    ['key-usage', oids.keyUsage, extension(oids.keyUsage, bitString(Uint8Array.of(0x84), 2), true)],
    [
      'extended-key-usage',
      oids.extendedKeyUsage,
      extension(oids.extendedKeyUsage, sequence(oid(oids.codeSigning), oid(oids.timeStamping))),
    ],
    ['extended-key-usage', oids.extendedKeyUsage, null],
    [
      'basic-constraints',
      oids.basicConstraints,
      extension(oids.basicConstraints, sequence(boolean(true)), true),
    ],
    [
      'subject-key-identifier',
      oids.subjectKeyIdentifier,
      extension(oids.subjectKeyIdentifier, octetString(new Uint8Array(20))),
    ],
    [
      'authority-key-identifier',
      oids.authorityKeyIdentifier,
      extension(oids.authorityKeyIdentifier, sequence(implicitPrimitive(0, new Uint8Array(20)))),
    ],
    [
      'distribution-points',
      oids.cRLDistributionPoints,
      extension(oids.cRLDistributionPoints, sequence(), true),
    ],
    [
      'authority-information-access',
      oids.authorityInformationAccess,
      extension(oids.authorityInformationAccess, address('https://a.example/')),
    ],
    ['policies', oids.certificatePolicies, extension(oids.certificatePolicies, sequence())],
    ['ocsp-no-check', oids.ocspNoCheck, extension(oids.ocspNoCheck, nullValue())],
  ])('finds a broken %s among the extensions', (rule, id, replacement) => {
    expect(brokenBy(withExtension(id, replacement))).toContain(rule);
  });

  it('finds each kind in the place of another', () => {
    for (const kind of ['root', 'issuing', 'test', 'timestamp', 'ocsp'] as const) {
      expect(brokenBy(release, kind)).not.toEqual([]);
    }
  });

  it('reports what is wrong with any input, and never fails', () => {
    expect(brokenBy(new Uint8Array())).toEqual(['well-formed']);
    for (let index = 0; index < release.length; index += 1) {
      expect(brokenBy(release.subarray(0, index))).toEqual(['well-formed']);
      const bytes = Uint8Array.from(release);
      bytes[index] = (bytes[index] ?? 0) ^ 0xff;
      brokenBy(bytes);
    }
  });

  it('keeps what breaks a rule from being signed', async () => {
    let asked = false;
    const attempt = issueCertificate(
      {
        kind: 'release',
        issuer: root,
        publicKey: leaf.publicKey,
        serial: new Uint8Array(16).fill(0x22),
        subject: { organization: 'Example', commonName: 'x' },
        notBefore: start,
        notAfter: later(10),
        urls: { crl: 'https://a.example/a.crl' },
      },
      () => {
        asked = true;
        return Promise.resolve(new Uint8Array());
      },
    );
    await expect(attempt).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: expect.stringContaining('RFC 5280 §4.2.1.13') as string,
    });
    expect(asked).toBe(false);
  });
});
