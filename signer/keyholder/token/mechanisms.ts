/** How a key signs by PKCS#11: mechanisms, what they get, and what becomes of what they give. */
import { createHash } from 'node:crypto';
import pkcs11 from 'pkcs11js';
import type { SignatureHash } from '#core/formats/format.ts';
import { integer, sequence } from '#core/pki/asn1/index.ts';
import { curves } from '#core/pki/key-kind/index.ts';
import { KeyHolderError } from '../protocol/index.ts';

/** CKM_EDDSA, PKCS#11 v3.0 current mechanisms §2.3.14; without parameters it is Ed25519 of RFC 8032. */
export const eddsaMechanism = 0x1057;

/** `prefix`: of a DER DigestInfo (RFC 8017 §9.2 note 1), for tokens that can't hash. */
export const pkcs1: Readonly<Record<SignatureHash, { readonly mechanism: number; readonly prefix: string }>> =
  {
    sha256: { mechanism: pkcs11.CKM_SHA256_RSA_PKCS, prefix: '3031300d060960864801650304020105000420' },
    sha384: { mechanism: pkcs11.CKM_SHA384_RSA_PKCS, prefix: '3041300d060960864801650304020205000430' },
    sha512: { mechanism: pkcs11.CKM_SHA512_RSA_PKCS, prefix: '3051300d060960864801650304020305000440' },
  };

/** CKM_ECDSA_SHA256, 384 and 512: PKCS#11 v2.40 with errata 01, which the package doesn't name. */
export const ecdsaHashing: Readonly<Record<SignatureHash, number>> = {
  sha256: 0x1044,
  sha384: 0x1045,
  sha512: 0x1046,
};

/** A private key on a token, as far as signing with it goes. */
export interface PrivateKey {
  readonly handle: Buffer;
  /** Of the curve's order, in bytes; null: it is no EC key. */
  readonly orderBytes: number | null;
}

export interface SignOperation {
  readonly mechanism: number;
  readonly input: Buffer;
  /** What the token gave → the signature as others write it. */
  readonly finish: (signature: Uint8Array) => Uint8Array;
}

const asGiven = (signature: Uint8Array): Uint8Array => new Uint8Array(signature);

/** RSASSA-PKCS1-v1_5, or ECDSA as DER ECDSA-Sig-Value, over the digest of these bytes. `mechanisms`: those of the token. */
export function signOperation(
  key: PrivateKey,
  { bytes, hash, mechanisms }: { bytes: Uint8Array; hash: SignatureHash; mechanisms: readonly number[] },
): SignOperation {
  const hashing = hashingOperation(key, hash);
  return mechanisms.includes(hashing.mechanism)
    ? { ...hashing, input: Buffer.from(bytes) }
    : digestOperation(key, digestOf(bytes, hash), hash);
}

/** The same where the token hashes what it is given. */
export function hashingOperation(
  { orderBytes }: PrivateKey,
  hash: SignatureHash,
): Omit<SignOperation, 'input'> {
  return orderBytes === null
    ? { mechanism: pkcs1[hash].mechanism, finish: asGiven }
    : { mechanism: ecdsaHashing[hash], finish: (signature) => ecdsaSignature(signature, orderBytes) };
}

/** The same over a digest that was made outside the token. */
export function digestOperation(
  { orderBytes }: PrivateKey,
  digest: Uint8Array,
  hash: SignatureHash,
): SignOperation {
  if (orderBytes === null) {
    const input = Buffer.concat([Buffer.from(pkcs1[hash].prefix, 'hex'), digest]);
    return { mechanism: pkcs11.CKM_RSA_PKCS, input, finish: asGiven };
  }
  return {
    mechanism: pkcs11.CKM_ECDSA,
    // FIPS 186-5 §6.4.1: of a digest longer than the order, the leftmost bits. Not every token cuts it itself.
    input: Buffer.from(digest.subarray(0, orderBytes)),
    finish: (signature) => ecdsaSignature(signature, orderBytes),
  };
}

const digestOf = (bytes: Uint8Array, hash: SignatureHash): Buffer => createHash(hash).update(bytes).digest();

/** r and s side by side (PKCS#11 v2.40 current mechanisms §2.3.1) → DER `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 §2.2.3). */
export function ecdsaSignature(raw: Uint8Array, orderBytes: number): Uint8Array {
  if (raw.length !== 2 * orderBytes) {
    throw new KeyHolderError(
      'TOKEN_REFUSED',
      `the token gave an ECDSA signature of ${raw.length} bytes, and r and s have ${orderBytes} each: see the HSM's documentation of CKM_ECDSA`,
    );
  }
  const number = (from: number): bigint =>
    BigInt(`0x${Buffer.from(raw.subarray(from, from + orderBytes)).toString('hex')}`);
  const [r, s] = [number(0), number(orderBytes)];
  if (r === 0n || s === 0n)
    throw new KeyHolderError('TOKEN_REFUSED', 'the token gave an ECDSA signature of which a half is 0');
  return sequence(integer(r), integer(s));
}

/** CKA_EC_PARAMS → bytes of the order. Throws KEY_NOT_FOUND for curves that nothing here signs with. */
export function orderBytesOf(parameters: Uint8Array, label: string): number {
  const curve = Object.values(curves).find((one) => Buffer.compare(one.parameters, parameters) === 0);
  if (curve !== undefined) return curve.bytes;
  throw new KeyHolderError(
    'KEY_NOT_FOUND',
    `key ${label} is on a curve that isn’t signed with here (${Buffer.from(parameters).toString('hex')}): P-256 or P-384`,
  );
}
