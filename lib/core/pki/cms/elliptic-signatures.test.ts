/** ECDSA as certificates of other publishers may have it: curves, forms of a point, hashes, and what DER makes of r and s. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as asn1 from '../asn1/index.ts';
import { certificateIdentity } from './certificate-identity.ts';
import { parseSignedData, verifySignerInfo } from './index.ts';
import { createTestSigner, p256, p384, type TestSigner } from './signer.fixture.ts';

const { oids } = asn1;
const content = Buffer.from('what is signed');
const ecdsa = { sha256: oids.ecdsaWithSha256, sha384: oids.ecdsaWithSha384, sha512: oids.ecdsaWithSha512 };
const rsa = {
  sha256: oids.sha256WithRsaEncryption,
  sha384: oids.sha384WithRsaEncryption,
  sha512: oids.sha512WithRsaEncryption,
};
type Hash = keyof typeof ecdsa;

interface Parts {
  /** Named beside the certificate, and that of the content. */
  readonly digest?: Hash;
  /** Named by the signature algorithm. */
  readonly hash?: Hash;
  /** By which it was signed. */
  readonly signedBy?: Hash;
  readonly change?: (signature: Uint8Array) => Uint8Array;
}

function verified(
  by: TestSigner,
  { digest = 'sha256', hash = digest, signedBy = hash, change = (one) => one }: Parts = {},
) {
  const attribute = (type: string, value: Uint8Array) => asn1.sequence(asn1.oid(type), asn1.set(value));
  const attributes = [
    attribute(oids.contentType, asn1.oid(oids.data)),
    attribute(oids.messageDigest, asn1.octetString(createHash(digest).update(content).digest())),
  ];
  const { issuer, serialNumber } = certificateIdentity(by.certificate);
  const digestAlgorithm = asn1.sequence(asn1.oid(oids[digest]));
  const algorithm = by.key.asymmetricKeyType === 'rsa' ? rsa[hash] : ecdsa[hash];
  const signerInfo = asn1.sequence(
    asn1.integer(1),
    asn1.sequence(issuer, asn1.integer(serialNumber)),
    digestAlgorithm,
    asn1.implicitConstructed(0, ...attributes),
    asn1.sequence(asn1.oid(algorithm)),
    asn1.octetString(change(sign(signedBy, asn1.set(...attributes), by.key))),
  );
  const signedData = asn1.sequence(
    asn1.integer(1),
    asn1.set(digestAlgorithm),
    asn1.sequence(asn1.oid(oids.data), asn1.explicit(0, asn1.octetString(content))),
    asn1.implicitConstructed(0, by.certificate),
    asn1.set(signerInfo),
  );
  const der = asn1.sequence(asn1.oid(oids.signedData), asn1.explicit(0, signedData));
  return verifySignerInfo({ signedData: parseSignedData(der) });
}

const onCurve = (namedCurve: string, paramEncoding: 'named' | 'explicit' = 'named') =>
  generateKeyPairSync('ec', { namedCurve, paramEncoding });
const signerOf = (keys: ReturnType<typeof p256>) => createTestSigner('EC', { keys });
const spkiOf = (key: KeyObject) => Uint8Array.from(key.export({ type: 'spki', format: 'der' }));
/** A certificate of these bytes in place of the key's. */
function signerWithKey(keys: ReturnType<typeof p256>, spki: Uint8Array): TestSigner {
  const publicKey = { export: () => spki } as unknown as KeyObject;
  return signerOf({ publicKey, privateKey: keys.privateKey });
}

const curves = [
  {
    name: 'P-256',
    keys: p256(),
    coordinate: 32,
    order: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  },
  {
    name: 'P-384',
    keys: p384(),
    coordinate: 48,
    order: 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  },
] as const;

describe.each(curves)('a signature with a key on $name', ({ keys, coordinate, order }) => {
  const signer = signerOf(keys);
  const n = BigInt(`0x${order}`);
  const tlv = (tag: number, ...parts: readonly Uint8Array[]) => {
    const bytes = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
  };
  const contentsOf = (value: bigint) => asn1.readDer(asn1.integer(value)).contents;

  test.each(['sha256', 'sha384', 'sha512'] as const)('holds by %s', (digest) => {
    expect(verified(signer, { digest })).toMatchObject({ ok: true, problems: [] });
  });

  test.each<[string, (r: bigint, s: bigint, der: Uint8Array) => Uint8Array]>([
    ['negative r', (r, s) => asn1.sequence(asn1.integer(-r), asn1.integer(s))],
    ['negative s', (r, s) => asn1.sequence(asn1.integer(r), asn1.integer(-s))],
    ['r = 0', (_r, s) => asn1.sequence(asn1.integer(0n), asn1.integer(s))],
    ['s = 0', (r) => asn1.sequence(asn1.integer(r), asn1.integer(0n))],
    ['r and s of 0', () => asn1.sequence(asn1.integer(0n), asn1.integer(0n))],
    ['r + n', (r, s) => asn1.sequence(asn1.integer(r + n), asn1.integer(s))],
    ['s + n', (r, s) => asn1.sequence(asn1.integer(r), asn1.integer(s + n))],
    ['r - n', (r, s) => asn1.sequence(asn1.integer(r - n), asn1.integer(s))],
    ['r = n', (_r, s) => asn1.sequence(asn1.integer(n), asn1.integer(s))],
    ['r of 3,000 bits more', (r, s) => asn1.sequence(asn1.integer(r + (n << 3000n)), asn1.integer(s))],
    ['a leading zero', (r, s) => tlv(0x30, tlv(2, Buffer.alloc(1), contentsOf(r)), tlv(2, contentsOf(s)))],
    ['an empty s', (r) => tlv(0x30, tlv(2, contentsOf(r)), tlv(2))],
    ['r alone', (r) => tlv(0x30, tlv(2, contentsOf(r)))],
    ['a third member', (r, s) => tlv(0x30, asn1.integer(r), asn1.integer(s), asn1.nullValue())],
    ['a byte behind', (_r, _s, der) => Buffer.concat([der, Buffer.alloc(1)])],
    [
      'a length in two bytes',
      (_r, _s, der) => Buffer.concat([Buffer.from([0x30, 0x82, 0]), der.subarray(1)]),
    ],
    [
      'an indefinite length',
      (_r, _s, der) => Buffer.concat([Buffer.from([0x30, 0x80]), der.subarray(2), Buffer.alloc(2)]),
    ],
    [
      'no DER at all',
      (r, s) =>
        Buffer.from([r, s].map((one) => one.toString(16).padStart(2 * coordinate, '0')).join(''), 'hex'),
    ],
    ['nothing', () => new Uint8Array(0)],
  ])('does not hold with %s', (_name, changed) => {
    const change = (der: Uint8Array) => {
      const [r, s] = asn1.asSequence(asn1.readDer(der)).map(asn1.asInteger);
      return changed(r ?? 0n, s ?? 0n, der);
    };
    expect(verified(signer, { change })).toMatchObject({ ok: false, signatureValid: false });
  });

  const spki = spkiOf(keys.publicKey);
  const point = spki.subarray(-(2 * coordinate + 1));
  const odd = (point.at(-1) ?? 0) & 1;
  const [named] = asn1.asSequence(asn1.readDer(spki));
  const withPoint = (bytes: Uint8Array) =>
    verified(signerWithKey(keys, asn1.sequence(named?.bytes ?? new Uint8Array(0), asn1.bitString(bytes))));

  test('holds under the same point compressed (RFC 5480 §2.2)', () => {
    const compressed = Buffer.concat([Buffer.from([2 + odd]), point.subarray(1, 1 + coordinate)]);
    expect(withPoint(compressed)).toMatchObject({ ok: true });
  });

  test.each<[string, () => Uint8Array]>([
    [
      'the other point of that x',
      () => Buffer.concat([Buffer.from([3 - odd]), point.subarray(1, 1 + coordinate)]),
    ],
    [
      'a point beside the curve',
      () => Buffer.concat([point.subarray(0, -1), Buffer.from([(point.at(-1) ?? 0) ^ 1])]),
    ],
    ['the point at infinity', () => new Uint8Array(1)],
    ['a point cut off', () => point.subarray(0, -1)],
    ['a byte behind the point', () => Buffer.concat([point, Buffer.alloc(1)])],
    ['no point', () => new Uint8Array(0)],
  ])('does not hold under %s', (_name, bytes) => {
    expect(withPoint(bytes())).toMatchObject({ ok: false, signatureValid: false });
  });
});

describe('a signature', () => {
  test.each(['secp256k1', 'prime192v1', 'secp224r1', 'brainpoolP256r1'])(
    'by a key on the curve %s does not hold',
    (curve) => {
      const { ok, problems } = verified(signerOf(onCurve(curve)));
      expect({ ok, problems }).toEqual({
        ok: false,
        problems: [`EC key on curve ${curve}; P-256, P-384 and P-521 are accepted`],
      });
    },
  );

  test('by a key on P-521 holds', () => {
    expect(verified(signerOf(onCurve('P-521')), { digest: 'sha512' })).toMatchObject({ ok: true });
  });

  test('does not hold under a key that brings a generator of its own to P-256 (CVE-2020-0601)', () => {
    const keys = onCurve('P-256', 'explicit');
    const spki = Buffer.from(spkiOf(keys.publicKey));
    const generator = spki.indexOf(
      Buffer.from('046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296', 'hex'),
    );
    expect(generator).toBeGreaterThan(0);
    spki.set(spki.subarray(-65), generator);
    const { ok, problems } = verified(signerWithKey(keys, Uint8Array.from(spki)));
    expect(ok).toBe(false);
    expect(problems.join()).toMatch(/curve \(unnamed\)|no readable key/);
  });

  test.each([
    ['ECDSA', signerOf(p384())],
    ['RSA', createTestSigner('RSA', { keys: generateKeyPairSync('rsa', { modulusLength: 4096 }) })],
  ])('by %s does not hold by another hash than the digest algorithm names', (_name, signer) => {
    for (const digest of ['sha256', 'sha384', 'sha512'] as const)
      for (const hash of ['sha256', 'sha384', 'sha512'] as const)
        for (const signedBy of [digest, hash])
          expect(verified(signer, { digest, hash, signedBy }).ok).toBe(digest === hash);
  });
});
