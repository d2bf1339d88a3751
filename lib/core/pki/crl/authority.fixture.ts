/** For tests: a root, an issuing CA and certificates under it, with keys in memory. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { parseCertificateSerial } from '../../ids/index.ts';
import type { CertificateSerial } from '../../ids/index.ts';
import { issueCertificate } from '../x509/index.ts';
import type { CertificateKind } from '../x509/index.ts';

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const start = new Date('2026-11-01T00:00:00Z');
export const daysLater = (days: number): Date => new Date(start.getTime() + days * 86_400_000);
const newPair = (): Pair => generateKeyPairSync('rsa', { modulusLength: 3072 });
export const signWith = (pair: Pair) => (bytes: Uint8Array) =>
  Promise.resolve(new Uint8Array(sign('sha256', bytes, pair.privateKey)));

export interface TestAuthority {
  readonly root: Uint8Array;
  readonly issuing: Uint8Array;
  readonly issuingKeys: Pair;
  readonly otherKeys: Pair;
  serialOf(index: number): CertificateSerial;
  release(index: number): Promise<Uint8Array>;
  /** Its key is also `otherKeys`. */
  responder(): Promise<Uint8Array>;
}

export async function openAuthority(): Promise<TestAuthority> {
  const [rootKeys, issuingKeys, otherKeys] = [newPair(), newPair(), newPair()];
  const serialBytes = (index: number): Buffer => {
    const bytes = Buffer.alloc(16, 0x5a);
    bytes.writeUInt32BE(index, 12);
    return bytes;
  };
  const issue = (
    kind: CertificateKind,
    keys: Pair,
    by: { certificate: Uint8Array; keys: Pair } | null,
    index: number,
    days: number,
  ) =>
    issueCertificate(
      {
        kind,
        subject: { organization: 'Example Foundation', commonName: `Example ${kind}` },
        publicKey: keys.publicKey,
        issuer: by?.certificate ?? null,
        serial: serialBytes(index),
        notBefore: start,
        notAfter: daysLater(days),
      },
      signWith(by?.keys ?? keys),
    );
  const root = await issue('root', rootKeys, null, 1, 3650);
  const issuing = await issue('issuing', issuingKeys, { certificate: root, keys: rootKeys }, 2, 1800);
  return {
    root,
    issuing,
    issuingKeys,
    otherKeys,
    serialOf: (index) => parseCertificateSerial(serialBytes(index).toString('hex')),
    responder: () => issue('ocsp', otherKeys, { certificate: issuing, keys: issuingKeys }, 3, 300),
    release: (index) => issue('release', otherKeys, { certificate: issuing, keys: issuingKeys }, index, 400),
  };
}
