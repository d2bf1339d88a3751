import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseCertificateSerial, parseCommitSha } from '#core/ids/index.ts';
import { issueCertificate, serialOf } from '#core/pki/x509/index.ts';
import { certifiedKeys, withSameKeys } from './same-keys.ts';
import type { KnownRevocation } from './wire.ts';

const [first, other] = [1, 2].map(() => generateKeyPairSync('rsa', { modulusLength: 3072 }));

async function certified(last: number, pair = first, holder?: { organization: string }) {
  if (pair === undefined) throw new Error('no key');
  const der = await issueCertificate(
    {
      kind: 'test',
      subject: { organization: 'Example', commonName: 'TEST ONLY: x' },
      publicKey: pair.publicKey,
      issuer: null,
      serial: Uint8Array.from([0x11, 2, 3, 4, 5, 6, 7, last]),
      notBefore: new Date('2026-11-01'),
      notAfter: new Date('2027-02-01'),
    },
    (tbs) => Promise.resolve(sign('sha256', tbs, pair.privateKey)),
  );
  const certificate = new X509Certificate(der);
  return {
    entry: { project: 'widget', ...(holder === undefined ? {} : { holder }) },
    certificate,
    serial: serialOf(certificate),
  };
}
const [one, successor, foreign, theirs] = await Promise.all([
  certified(1),
  certified(2),
  certified(3, other),
  certified(4, first, { organization: 'Widget e.V.' }),
]);
const keys = certifiedKeys([one, successor, foreign, theirs]);

function revocation(serial: string, change: Partial<KnownRevocation> = {}): KnownRevocation {
  return {
    serial: parseCertificateSerial(serial),
    project: 'widget',
    certificate: 'release',
    reason: 'keyCompromise',
    effectiveAt: new Date('2026-11-20T00:00:00Z'),
    learnedAt: new Date('2026-11-21T00:00:00Z'),
    policyCommit: parseCommitSha('c'.repeat(40)),
    ...change,
  };
}
const published = (...revocations: readonly KnownRevocation[]) =>
  withSameKeys(new Map(revocations.map((known) => [known.serial, known])), keys);

describe('a compromised key', () => {
  it('has all its certificates revoked, whichever the policy names, and nobody else’s', () => {
    const found = published(revocation(successor.serial));
    expect([...found.keys()].sort()).toEqual([one.serial, successor.serial]);
    expect(found.get(one.serial)).toMatchObject({
      serial: one.serial,
      reason: 'keyCompromise',
      effectiveAt: new Date('2026-11-20T00:00:00Z'),
    });
  });

  it('is the reason, and its earliest date the date, where a certificate was revoked for another one', () => {
    const later = { reason: 'superseded', effectiveAt: new Date('2026-11-25T00:00:00Z') } as const;
    const found = published(revocation(one.serial, later), revocation(successor.serial));
    expect(found.get(one.serial)).toMatchObject({
      reason: 'keyCompromise',
      effectiveAt: new Date('2026-11-20T00:00:00Z'),
    });
  });

  it('is no other reason’s: then each certificate stands for itself', () => {
    const found = published(revocation(one.serial, { reason: 'superseded' }), revocation(foreign.serial));
    expect([...found.keys()].sort()).toEqual([one.serial, foreign.serial]);
    expect(found.get(one.serial)?.reason).toBe('superseded');
  });
});
