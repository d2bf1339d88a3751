/** For tests: a timestamp authority with keys in memory, a token of its, and the query that verifies it. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { issueCertificate } from '../x509/index.ts';
import { buildTimestampToken, type TimestampQuery, type TimestampTokenInput } from './index.ts';

export const now = new Date('2026-11-20T12:00:00.250Z');
export const serial = (last: number) => Uint8Array.from([9, 8, 7, 6, 5, 4, 3, last]);
const newPair = () => generateKeyPairSync('rsa', { modulusLength: 3072 });
const rootKey = newPair();
export const tsaKey = newPair();

const signWithRoot = (tbs: Uint8Array) => Promise.resolve(sign('sha256', tbs, rootKey.privateKey));
export const life = { notBefore: new Date('2026-11-01'), notAfter: new Date('2027-11-01') };
export const organization = 'Example Foundation';
export const root = await issueCertificate(
  {
    ...life,
    serial: serial(1),
    kind: 'root',
    subject: { organization, commonName: 'Root' },
    publicKey: rootKey.publicKey,
    issuer: null,
  },
  signWithRoot,
);
export const issueTsa = (change: object = {}) =>
  issueCertificate(
    {
      ...life,
      serial: serial(2),
      kind: 'timestamp',
      subject: { organization, commonName: 'Timestamps' },
      publicKey: tsaKey.publicKey,
      issuer: root,
      ...change,
    },
    signWithRoot,
  );
export const tsaCertificate = await issueTsa();

export const digest = createHash('sha256').update('signature value').digest();
export const imprint = { hash: 'sha256', digest } as const;
export const nonce = 0xfedc_ba98_7654_3210n;
export const request = { imprint, policyOid: null, nonce, certReq: true };
export const input: TimestampTokenInput = {
  request,
  serial: 17n,
  time: now,
  policyOid: '1.3.6.1.4.1.99999.1',
  accuracySeconds: 1,
  tsaCertificate,
  chain: [root],
  sign: (attributes) => Promise.resolve(sign('sha256', attributes, tsaKey.privateKey)),
};
export const token = await buildTimestampToken(input);
export const query: TimestampQuery = { token, imprint, nonce, trustedRoots: [root], freshAt: now };
