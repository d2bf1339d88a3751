/** The keys that projects' files are signed with. Which of them a format's verifiers take is the format's to say. */
import type { KeyObject } from 'node:crypto';

export const keyKinds = ['rsa-3072', 'rsa-4096', 'p-256', 'p-384'] as const;
export type KeyKind = (typeof keyKinds)[number];

/** What verifiers distinguish: RSASSA-PKCS1-v1_5, or ECDSA over a curve of NIST's. */
export type KeyType = 'rsa' | 'ec';
export const rsaAndEc: readonly KeyType[] = ['rsa', 'ec'];

interface EllipticCurve {
  /** As Node.js and OpenSSL call it. */
  readonly name: string;
  /** Of a coordinate, and of the group's order. */
  readonly bytes: number;
  /** OBJECT IDENTIFIER in DER (RFC 5480 §2.1.1.1), which is also what PKCS#11 names the curve by. */
  readonly parameters: Uint8Array;
}

export const curves: Readonly<Record<'p-256' | 'p-384', EllipticCurve>> = {
  'p-256': { name: 'prime256v1', bytes: 32, parameters: Buffer.from('06082a8648ce3d030107', 'hex') },
  'p-384': { name: 'secp384r1', bytes: 48, parameters: Buffer.from('06052b81040022', 'hex') },
};

/**
 * P-256, P-384 and P-521 as OpenSSL calls them: what the certificates of other publishers may have. Others are weaker, or such that
 * Windows trusts no certificate with them; a curve that a key describes by itself has no name (CVE-2020-0601).
 */
const verifiedCurves: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** The name of the curve of an EC key that no signature is accepted with; null: it is accepted, or no EC key. */
export function unacceptedCurve({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | null {
  const curve = asymmetricKeyDetails?.namedCurve;
  return asymmetricKeyType !== 'ec' || verifiedCurves.includes(curve) ? null : (curve ?? '(unnamed)');
}

export const isElliptic = (kind: KeyKind): kind is keyof typeof curves => kind in curves;

/** null: another curve, or neither RSA nor EC. */
export function keyKindOf(key: KeyObject): KeyKind | null {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const name =
    type === 'rsa'
      ? `rsa-${details?.modulusLength ?? 0}`
      : type === 'ec'
        ? Object.entries(curves).find(([, curve]) => curve.name === details?.namedCurve)?.[0]
        : undefined;
  return keyKinds.find((kind) => kind === name) ?? null;
}

/** null: neither, or a curve that nothing here signs with. RSA of any size: what is long enough, others say. */
export function keyTypeOf(key: KeyObject): KeyType | null {
  if (key.asymmetricKeyType === 'rsa') return 'rsa';
  return key.asymmetricKeyType === 'ec' && keyKindOf(key) !== null ? 'ec' : null;
}

const words: Readonly<Record<KeyKind, string>> = {
  'rsa-3072': 'RSA-3072',
  'rsa-4096': 'RSA-4096',
  'p-256': 'ECDSA P-256',
  'p-384': 'ECDSA P-384',
};

/** As sentences call it. */
export const keyKindName = (kind: KeyKind): string => words[kind];
