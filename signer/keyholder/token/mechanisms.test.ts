import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import pkcs11 from 'pkcs11js';
import { describe, expect, it } from 'vitest';
import { ecPublicKey } from './keys.ts';
import { ecdsaHashing, ecdsaSignature, orderBytesOf, pkcs1, signOperation } from './mechanisms.ts';

const bytes = Buffer.from('to be signed');
const p256 = { handle: Buffer.of(), orderBytes: 32 };
const p256Parameters = Buffer.from('06082a8648ce3d030107', 'hex');

describe('signing with a key on a curve', () => {
  it('leaves hashing to a token that can', () => {
    const { mechanism, input } = signOperation(p256, {
      bytes,
      hash: 'sha384',
      mechanisms: [pkcs11.CKM_ECDSA, ecdsaHashing.sha384],
    });
    expect([mechanism, input.equals(bytes)]).toEqual([ecdsaHashing.sha384, true]);
  });

  it('gives other tokens the digest, of one that is longer than the order its left bits', () => {
    const about = { bytes, mechanisms: [pkcs11.CKM_ECDSA, pkcs1.sha256.mechanism] };
    const digest = createHash('sha512').update(bytes).digest();
    const cut = signOperation(p256, { ...about, hash: 'sha512' });
    expect(cut.mechanism).toBe(pkcs11.CKM_ECDSA);
    expect(cut.input.equals(digest.subarray(0, 32))).toBe(true);
    const whole = signOperation({ ...p256, orderBytes: 48 }, { ...about, hash: 'sha256' });
    expect(whole.input.equals(createHash('sha256').update(bytes).digest())).toBe(true);
  });

  it.each([
    ['P-256', 32, 'sha256'],
    ['P-384', 48, 'sha384'],
  ] as const)(
    'turns r and s of %s into what others verify, however they begin',
    (namedCurve, orderBytes, hash) => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
      for (let attempt = 0; attempt < 300; attempt += 1) {
        const raw = sign(hash, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
        expect(verify(hash, bytes, publicKey, ecdsaSignature(raw, orderBytes))).toBe(true);
      }
    },
  );

  it.each([
    ['of another length', Buffer.alloc(63, 1)],
    ['that is DER already', Buffer.from('3044', 'hex')],
    ['whose r is 0', Buffer.concat([Buffer.alloc(32), Buffer.alloc(32, 1)])],
    ['whose s is 0', Buffer.concat([Buffer.alloc(32, 1), Buffer.alloc(32)])],
  ])('refuses an answer %s', (_, raw) => {
    expect(() => ecdsaSignature(raw, 32)).toThrow(expect.objectContaining({ code: 'TOKEN_REFUSED' }));
  });
});

describe('a key on a curve, as tokens describe it', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);

  it('is the same whether its point is wrapped or not', () => {
    const wrapped = Buffer.concat([Buffer.of(0x04, 65), point]);
    for (const given of [point, wrapped])
      expect(ecPublicKey(p256Parameters, given, 'k').equals(publicKey)).toBe(true);
  });

  it('is refused with a compressed point, or on another curve', () => {
    expect(() =>
      ecPublicKey(p256Parameters, Buffer.concat([Buffer.of(2), point.subarray(1, 33)]), 'k'),
    ).toThrow('isn’t an uncompressed one');
    // secp256k1
    expect(() => orderBytesOf(Buffer.from('06052b8104000a', 'hex'), 'k')).toThrow('P-256 or P-384');
  });
});
