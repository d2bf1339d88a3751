/** Public keys of version 4 (RFC 9580 §5.5.2.2) that Node can verify with: RSA, ECDSA over NIST’s curves, Ed25519. */
import { createHash, createPublicKey, createVerify, verify, type KeyObject } from 'node:crypto';
import { Octets, OpenPgpError, type OpenPgpHash } from '../openpgp/index.ts';

export interface ReadKey {
  /** 20 octets. */
  readonly fingerprint: Buffer;
  readonly created: Date;
  readonly algorithm: number;
  /** What signatures about the key hash of it. */
  readonly hashed: Buffer;
  readonly publicKey: KeyObject;
}

const algorithms = { rsa: 1, rsaSign: 3, ecdsa: 19, eddsaLegacy: 22, ed25519: 27 } as const;
/** What SHA-2 is worth, nothing smaller is. */
const rsaBitsMin = 2048;
const rsaBitsMax = 16_384;

const curves: Readonly<Record<string, { readonly crv: string; readonly bytes: number }>> = {
  '2a8648ce3d030107': { crv: 'P-256', bytes: 32 },
  '2b81040022': { crv: 'P-384', bytes: 48 },
  '2b81040023': { crv: 'P-521', bytes: 66 },
};
const ed25519Oid = '2b06010401da470f01';

/** Body of the packet of a key or subkey. Throws OpenPgpError. */
export function readKey(body: Buffer): ReadKey {
  const octets = new Octets(body);
  const version = octets.octet();
  if (version !== 4) throw new OpenPgpError('UNSUPPORTED', `a key of version ${version}; version 4`);
  const created = new Date(octets.number(4) * 1000);
  const algorithm = octets.octet();
  const publicKey = createFrom(jwkOf(algorithm, octets));
  if (octets.left > 0) throw new OpenPgpError('MALFORMED', `${octets.left} bytes behind the key`);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  const hashed = Buffer.concat([Buffer.of(0x99), length, body]);
  return { fingerprint: createHash('sha1').update(hashed).digest(), created, algorithm, hashed, publicKey };
}

function jwkOf(algorithm: number, octets: Octets): Record<string, string> {
  const base64 = (bytes: Buffer): string => bytes.toString('base64url');
  if (algorithm === algorithms.rsa || algorithm === algorithms.rsaSign) {
    const [n, e] = [octets.mpi(), octets.mpi()];
    const bits = n.length * 8;
    if (bits < rsaBitsMin || bits > rsaBitsMax)
      throw new OpenPgpError('KEY_UNSUITABLE', `RSA of about ${bits} bits; ${rsaBitsMin} at least`);
    return { kty: 'RSA', n: base64(n), e: base64(e) };
  }
  if (algorithm === algorithms.ecdsa) {
    const oid = octets.take(octets.octet()).toString('hex');
    const curve = curves[oid];
    const point = octets.mpi();
    if (curve === undefined)
      throw new OpenPgpError('UNSUPPORTED', `ECDSA over curve ${oid}; P-256, P-384 or P-521`);
    if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes)
      throw new OpenPgpError('MALFORMED', 'a point in another form than the uncompressed one');
    const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)];
    return { kty: 'EC', crv: curve.crv, x: base64(x), y: base64(y) };
  }
  if (algorithm === algorithms.eddsaLegacy) {
    const oid = octets.take(octets.octet()).toString('hex');
    const point = octets.mpi();
    if (oid !== ed25519Oid || point[0] !== 0x40 || point.length !== 33)
      throw new OpenPgpError('UNSUPPORTED', `EdDSA over curve ${oid}; Ed25519`);
    return { kty: 'OKP', crv: 'Ed25519', x: base64(point.subarray(1)) };
  }
  if (algorithm === algorithms.ed25519) return { kty: 'OKP', crv: 'Ed25519', x: base64(octets.take(32)) };
  throw new OpenPgpError('UNSUPPORTED', `public-key algorithm ${algorithm}; RSA, ECDSA or Ed25519`);
}

function createFrom(jwk: Record<string, string>): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw new OpenPgpError('MALFORMED', 'numbers that are no public key', { cause });
  }
}

/** The hash of a signature; SHA-1 counts in revocations alone, where it is the stricter reading. */
export type VerifiedHash = OpenPgpHash | 'sha1';

export interface Verifying {
  update(bytes: Uint8Array): void;
  end(): boolean;
}

/** `rest`: the numbers of the signature. Throws OpenPgpError for numbers that are none of this key. */
export function verifying({ publicKey, algorithm }: ReadKey, hash: VerifiedHash, rest: Octets): Verifying {
  const signature = signatureOf({ publicKey, algorithm }, rest);
  if (rest.left > 0) throw new OpenPgpError('MALFORMED', `${rest.left} bytes behind the signature`);
  if (publicKey.asymmetricKeyType === 'ed25519') {
    const digest = createHash(hash);
    return {
      update: (bytes) => void digest.update(bytes),
      end: () => verify(null, digest.digest(), publicKey, signature),
    };
  }
  const verifier = createVerify(hash);
  return {
    update: (bytes) => void verifier.update(bytes),
    end: () => verifier.verify({ key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
  };
}

function signatureOf(
  { publicKey, algorithm }: Pick<ReadKey, 'publicKey' | 'algorithm'>,
  rest: Octets,
): Buffer {
  if (publicKey.asymmetricKeyType === 'rsa') {
    const bytes = Math.ceil((publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
    return padded(rest.mpi(), bytes);
  }
  if (algorithm === algorithms.ed25519) return rest.take(64);
  const bytes =
    { prime256v1: 32, secp384r1: 48, secp521r1: 66 }[publicKey.asymmetricKeyDetails?.namedCurve ?? ''] ?? 32;
  return Buffer.concat([padded(rest.mpi(), bytes), padded(rest.mpi(), bytes)]);
}

function padded(digits: Buffer, bytes: number): Buffer {
  if (digits.length > bytes) throw new OpenPgpError('MALFORMED', 'a number longer than the key');
  return Buffer.concat([Buffer.alloc(bytes - digits.length), digits]);
}
