import { createHash, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import * as asn1 from '../asn1/index.ts';
import { certificateIdentity } from './certificate-identity.ts';
import { attribute, findSignatures, spcIndirectData } from './index.ts';
import { createTestSigner, signContent } from './signer.fixture.ts';

const { oids } = asn1;
const signer = createTestSigner('Countersign release');
const statement = spcIndirectData({
  type: oids.spcPeImageData,
  value: asn1.sequence(),
  algorithm: 'sha256',
  digest: new Uint8Array(32).fill(1),
});
const { pkcs7, signature } = signContent(signer, statement);

/** The signature again, with these unsigned attributes. */
function withUnsigned(der: Uint8Array, ...attributes: readonly Uint8Array[]): Uint8Array {
  const [type, content] = asn1.asSequence(asn1.readDer(der));
  const members = asn1.asSequence(asn1.asExplicit(content ?? asn1.readDer(der), 0));
  const [info] = asn1.asSet(members.at(-1) ?? asn1.readDer(der));
  const signerInfo = asn1.sequence(
    ...asn1.asSequence(info ?? asn1.readDer(der)).map(({ bytes }) => bytes),
    asn1.implicitConstructed(1, ...attributes),
  );
  const signedData = asn1.sequence(...members.slice(0, -1).map(({ bytes }) => bytes), asn1.setOf(signerInfo));
  return asn1.sequence(type?.bytes ?? new Uint8Array(), asn1.explicit(0, signedData));
}

const nestedIn = (der: Uint8Array, ...inner: readonly Uint8Array[]): Uint8Array =>
  withUnsigned(der, attribute(oids.authenticodeNestedSignature, ...inner));

/** PKCS#9 §6.6: a SignerInfo over the signature's octets. */
function countersignature(over: Uint8Array, time: Date): Uint8Array {
  const identity = certificateIdentity(signer.certificate);
  const digest = createHash('sha1').update(over).digest();
  const attributes = asn1.setOf(
    attribute(oids.contentType, asn1.oid(oids.data)),
    attribute(oids.signingTime, asn1.utcTime(time)),
    attribute(oids.messageDigest, asn1.octetString(digest)),
  );
  return asn1.sequence(
    asn1.integer(1),
    asn1.sequence(identity.issuer, identity.serialNumberDer),
    asn1.sequence(asn1.oid(oids.sha1), asn1.nullValue()),
    asn1.implicitConstructed(0, asn1.readDer(attributes).contents),
    asn1.sequence(asn1.oid(oids.rsaEncryption), asn1.nullValue()),
    asn1.octetString(sign('sha1', attributes, signer.key)),
  );
}

test('finds signatures side by side and those nested in them, in the order of the file', () => {
  const found = findSignatures([nestedIn(pkcs7, pkcs7, nestedIn(pkcs7, pkcs7)), pkcs7]);
  expect(found.problems).toEqual([]);
  expect(found.signatures.map(({ nesting }) => nesting)).toEqual([0, 1, 1, 2, 0]);
});

test('reads a countersignature of PKCS#9 with its time', () => {
  const time = new Date('2016-06-10T05:47:34Z');
  const der = withUnsigned(pkcs7, attribute(oids.counterSignature, countersignature(signature, time)));
  const [found] = findSignatures([der]).signatures;
  expect(found?.countersignatures).toMatchObject([{ kind: 'pkcs9', time }]);
});

test('reads four levels of nesting and reports that a fifth is not read', () => {
  const deep = (levels: number): Uint8Array => (levels === 0 ? pkcs7 : nestedIn(pkcs7, deep(levels - 1)));
  expect(findSignatures([deep(4)])).toMatchObject({ problems: [], signatures: { length: 5 } });
  const deeper = findSignatures([deep(5)]);
  expect(deeper.signatures).toHaveLength(5);
  expect(deeper.problems).toEqual([expect.stringContaining('nested up to 4 deep')]);
});

test('stops at 16 signatures, and reports it once', () => {
  const found = findSignatures([nestedIn(pkcs7, ...Array<Uint8Array>(40).fill(pkcs7))]);
  expect(found.signatures).toHaveLength(16);
  expect(found.problems).toHaveLength(1);
});

test('continues after a malformed one', () => {
  const found = findSignatures([asn1.sequence(asn1.integer(0)), nestedIn(pkcs7, asn1.sequence()), pkcs7]);
  expect(found.signatures).toHaveLength(2);
  expect(found.problems).toEqual([
    expect.stringContaining('signature 1 is malformed'),
    expect.stringContaining('signature 3 is malformed'),
  ]);
});
