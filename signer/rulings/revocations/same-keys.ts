import { createHash, type X509Certificate } from 'node:crypto';
import { parseCertificateSerial } from '#core/ids/index.ts';
import { serialOf } from '#core/pki/x509/index.ts';
import type { SigningKey } from '../trust/index.ts';
import type { Revocations } from './revocations.ts';
import { stricter } from './wire.ts';

/** Serial numbers of certificates → digests of the keys that they are for. */
export type CertifiedKeys = ReadonlyMap<string, string>;

interface Certified {
  readonly entry: Pick<SigningKey['entry'], 'project' | 'holder'>;
  readonly certificate: X509Certificate;
}

const digestOf = ({ publicKey }: X509Certificate): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** Those that the foundation issued to projects: what another CA issued, that one revokes. */
export function certifiedKeys(keys: readonly Certified[]): CertifiedKeys {
  const issued = keys.filter(({ entry }) => entry.project !== null && entry.holder === undefined);
  return new Map(issued.map(({ certificate }) => [serialOf(certificate), digestOf(certificate)]));
}

/**
 * With every certificate of a compromised key: whoever has the key signs under any of them, so verifiers have to be told of each (Code Signing
 * Baseline Requirements 4.9.1.1). As of the earliest date that one of them is revoked from for that.
 */
export function withSameKeys(revocations: Revocations, certified: CertifiedKeys): Revocations {
  const compromised = [...revocations.values()].filter(
    ({ reason, serial }) => reason === 'keyCompromise' && certified.has(serial),
  );
  if (compromised.length === 0) return revocations;
  const serialsOf = new Map<string, string[]>();
  for (const [serial, key] of certified) {
    const serials = serialsOf.get(key) ?? [];
    serials.push(serial);
    serialsOf.set(key, serials);
  }
  const all = new Map(revocations);
  for (const revocation of compromised)
    for (const serial of serialsOf.get(certified.get(revocation.serial) ?? '') ?? []) {
      const derived = { ...revocation, serial: parseCertificateSerial(serial) };
      const had = all.get(serial);
      all.set(serial, had === undefined ? derived : stricter(had, derived));
    }
  return all;
}
