import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import * as asn1 from '../asn1/index.ts';
import {
  attribute,
  authenticodeSignedAttributes,
  authenticodeTimestampToken,
  buildAuthenticode,
  CmsError,
  parseSignedData,
  parseSpcIndirectData,
  spcIndirectData,
  contentDigest,
  verifyAuthenticode,
  verifyPkcs7,
} from './index.ts';
import { createTestSigner, p256, signContent, type TestSigner } from './signer.fixture.ts';

const { oids } = asn1;
const peDigest = Uint8Array.from(createHash('sha256').update('a program').digest());
const content = spcIndirectData({
  type: oids.spcPeImageData,
  value: asn1.sequence(asn1.bitString(new Uint8Array(0))),
  algorithm: 'sha256',
  digest: peDigest,
});

let signer: TestSigner;
let other: TestSigner;
beforeAll(() => {
  signer = createTestSigner('Signer');
  other = createTestSigner('Signer');
});

const verify = (pkcs7: Uint8Array) =>
  verifyAuthenticode({ pkcs7, peDigest, signerCertificate: signer.certificate });

describe('signed attributes', () => {
  test('are a SET in DER’s order, without signingTime', () => {
    const set = asn1.readDer(
      authenticodeSignedAttributes({ contentDigest: new Uint8Array(32), description: 'esbuild' }),
    );
    const members = asn1.asSet(set);
    expect(set.bytes[0]).toBe(0x31);
    expect(asn1.isSetOfOrdered(members)).toBe(true);
    const types = members.flatMap((member) => asn1.asSequence(member).slice(0, 1).map(asn1.asOid));
    expect(types.sort()).toEqual(
      [oids.contentType, oids.messageDigest, oids.spcSpOpusInfo, oids.spcStatementType].sort(),
    );
  });

  test('carry description and URL as Windows reads them', () => {
    const der = authenticodeSignedAttributes({
      contentDigest: new Uint8Array(32),
      description: 'é',
      descriptionUrl: 'https://e.example',
    });
    const url = Buffer.from('https://e.example').toString('hex');
    expect(Buffer.from(der).toString('hex')).toContain(`301ba004800200e9a1138011${url}`);
  });

  test.each([
    ['an empty description', { description: '' }],
    ['a description of 257 characters', { description: 'x'.repeat(257) }],
    ['an emoji', { description: '😀' }],
    ['a URL of another scheme', { descriptionUrl: 'file:///etc/passwd' }],
    ['a URL with an umlaut', { descriptionUrl: 'https://ü.example' }],
  ])('refuse %s', (_name, options) => {
    expect(() => authenticodeSignedAttributes({ contentDigest: new Uint8Array(32), ...options })).toThrow(
      expect.objectContaining({ code: 'DESCRIPTION_INVALID' }),
    );
  });
});

test('a signature verifies for its program and its signer', () => {
  const { pkcs7, signature } = signContent(signer, content, { description: 'A program' });
  expect(verify(pkcs7)).toEqual({
    ok: true,
    digestEqual: true,
    messageDigestEqual: true,
    signatureValid: true,
    certificateEqual: true,
    problems: [],
    signature,
    timestampToken: null,
  });
});

test('is PKCS#7 v1.5: version 1, content directly inside [0], rsaEncryption', () => {
  const signedData = parseSignedData(signContent(signer, content).pkcs7);
  expect(signedData).toMatchObject({
    version: 1,
    digestAlgorithms: [oids.sha256],
    encapContentType: oids.spcIndirectData,
    encapContentForm: 'direct',
    signerInfo: { version: 1, digestAlgorithm: oids.sha256, signatureAlgorithm: oids.rsaEncryption },
  });
  expect(signedData.encapContentDer).toEqual(content);
  expect(signedData.certificates.length).toBe(2);
});

test('carries a timestamp token without touching what is signed', () => {
  const { parts } = signContent(signer, content);
  const token = asn1.sequence(asn1.oid(oids.signedData), asn1.explicit(0, asn1.sequence()));
  const pkcs7 = buildAuthenticode({ ...parts, timestampToken: token });
  expect(authenticodeTimestampToken(parseSignedData(pkcs7))).toEqual(token);
  expect(verify(pkcs7)).toMatchObject({ ok: true, timestampToken: token });
});

test('refuses another program, another certificate, another signature', () => {
  const { parts, pkcs7 } = signContent(signer, content);
  const elsewhere = verifyAuthenticode({
    pkcs7,
    peDigest: new Uint8Array(32),
    signerCertificate: signer.certificate,
  });
  expect(elsewhere).toMatchObject({ ok: false, digestEqual: false, signatureValid: true });
  // Same subject, issuer and serial number, another key.
  expect(verify(signContent(other, content).pkcs7)).toMatchObject({ ok: false, certificateEqual: false });
  const forged = Uint8Array.from(parts.signature);
  forged[100] = (forged[100] ?? 0) ^ 1;
  expect(verify(buildAuthenticode({ ...parts, signature: forged }))).toMatchObject({
    ok: false,
    signatureValid: false,
    messageDigestEqual: true,
  });
  expect(verify(buildAuthenticode({ ...parts, signerCertificate: other.certificate }))).toMatchObject({
    ok: false,
    signatureValid: false,
  });
});

test('refuses content swapped after signing', () => {
  const { parts } = signContent(signer, content);
  const swapped = spcIndirectData({ ...parseSpcIndirectData(content), digest: new Uint8Array(32) });
  expect(() => buildAuthenticode({ ...parts, content: swapped })).toThrow(
    expect.objectContaining({ code: 'MESSAGE_DIGEST_MISMATCH' }),
  );
  const { pkcs7 } = signContent(signer, content);
  const at = Buffer.from(pkcs7).indexOf(peDigest);
  const patched = Uint8Array.from(pkcs7).fill(0, at, at + 32);
  const answer = verifyAuthenticode({
    pkcs7: patched,
    peDigest: new Uint8Array(32),
    signerCertificate: signer.certificate,
  });
  expect(answer).toMatchObject({ ok: false, digestEqual: true, messageDigestEqual: false });
});

test('refuses attributes that are validly signed but not in DER’s order, or about something else', () => {
  const { parts } = signContent(signer, content);
  const digest = asn1.octetString(contentDigest(content));
  const type = attribute(oids.contentType, asn1.oid(oids.spcIndirectData));
  const resigned = (...members: Uint8Array[]) => {
    const signedAttributes = asn1.set(...members);
    const signature = Uint8Array.from(sign('sha256', signedAttributes, signer.key));
    return verify(buildAuthenticode({ ...parts, signedAttributes, signature }));
  };
  const messageDigest = attribute(oids.messageDigest, digest);
  expect(resigned(type, messageDigest)).toMatchObject({ ok: true });
  expect(resigned(messageDigest, type)).toMatchObject({ ok: false, signatureValid: true });
  expect(resigned(messageDigest)).toMatchObject({ ok: false, signatureValid: true });
  expect(resigned(attribute(oids.contentType, asn1.oid(oids.data)), messageDigest)).toMatchObject({
    ok: false,
  });
  expect(() => resigned(type, messageDigest, messageDigest)).toThrow(
    expect.objectContaining({ code: 'ATTRIBUTE_DUPLICATE' }),
  );
});

test('names ECDSA with its hash and no parameters where the key is on a curve', () => {
  const elliptic = createTestSigner('EC', { keys: p256() });
  const { pkcs7 } = signContent(elliptic, content);
  expect(parseSignedData(pkcs7).signerInfo.signatureAlgorithm).toBe(oids.ecdsaWithSha256);
  const identifier = asn1.sequence(asn1.oid(oids.ecdsaWithSha256));
  expect(Buffer.from(pkcs7).includes(Buffer.from(identifier))).toBe(true);
  expect(verifyPkcs7({ pkcs7, signerCertificate: elliptic.certificate }, oids.spcIndirectData).ok).toBe(true);
});

test('refuses to build with a key that is neither RSA nor on a curve', () => {
  const edwards = createTestSigner('Ed25519', { keys: generateKeyPairSync('ed25519') });
  const { parts } = signContent(signer, content);
  expect(() => buildAuthenticode({ ...parts, signerCertificate: edwards.certificate })).toThrow(
    expect.objectContaining({ code: 'CERTIFICATE_UNSUITABLE' }),
  );
});

test('SpcIndirectDataContent refuses SHA-1 and digests of a wrong length', () => {
  const sha1 = asn1.sequence(
    asn1.sequence(asn1.oid(oids.spcPeImageData), asn1.sequence()),
    asn1.sequence(
      asn1.sequence(asn1.oid('1.3.14.3.2.26'), asn1.nullValue()),
      asn1.octetString(new Uint8Array(20)),
    ),
  );
  expect(() => parseSpcIndirectData(sha1)).toThrow(
    expect.objectContaining({ code: 'ALGORITHM_UNSUPPORTED' }),
  );
  const input = { ...parseSpcIndirectData(content), digest: new Uint8Array(20) };
  expect(() => spcIndirectData(input)).toThrow(CmsError);
});

test('no changed byte of what is signed, and no damage at all, verifies as something else', () => {
  const { pkcs7 } = signContent(signer, content);
  const expected = verify(pkcs7);
  fc.assert(
    fc.property(fc.nat(pkcs7.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const damaged = Uint8Array.from(pkcs7);
      damaged[at] = (damaged[at] ?? 0) ^ mask;
      try {
        const answer = verify(damaged);
        // Certificates other than the signer's are not covered by the signature: their chain is checked elsewhere.
        if (answer.ok) expect(answer).toEqual(expected);
      } catch (error) {
        expect(error).toBeInstanceOf(CmsError);
      }
    }),
    { numRuns: 1500 },
  );
});
