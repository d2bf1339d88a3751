/** What can be put into a valid signature, or moved in it, without its key (RFC 5652 §5.3 and §11). */
import { createHash, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as asn1 from '../asn1/index.ts';
import { certificateIdentity } from './certificate-identity.ts';
import { parseSignedData, verifySignerInfo } from './index.ts';
import { createTestSigner, p256 } from './signer.fixture.ts';

const { oids } = asn1;
const signer = createTestSigner('Grafts', { keys: p256() });
const other = createTestSigner('Other', { keys: p256() });
const content = Buffer.from('what is signed');
const sha256 = asn1.sequence(asn1.oid(oids.sha256), asn1.nullValue());

const attribute = (type: string, ...values: readonly Uint8Array[]) =>
  asn1.sequence(asn1.oid(type), asn1.set(...values));
const typeOf = (type: string) => attribute(oids.contentType, asn1.oid(type));
const digestOf = (bytes: Uint8Array) =>
  attribute(oids.messageDigest, asn1.octetString(createHash('sha256').update(bytes).digest()));
const time = attribute(oids.signingTime, asn1.utcTime(new Date('2026-01-01T00:00:00Z')));
const note = attribute('1.2.3.4', asn1.integer(1));
/** In DER’s order: by encoding, shortest first here. */
const honest = [typeOf(oids.data), time, digestOf(content)];

interface Parts {
  /** As they stand in the file. */
  readonly attributes?: readonly Uint8Array[];
  /** As they were signed. */
  readonly signed?: readonly Uint8Array[];
  readonly unsigned?: readonly (readonly Uint8Array[])[];
}

function signerInfo({ attributes = honest, signed = honest, unsigned = [] }: Parts = {}, by = signer) {
  const { issuer, serialNumber } = certificateIdentity(by.certificate);
  return asn1.sequence(
    asn1.integer(1),
    asn1.sequence(issuer, asn1.integer(serialNumber)),
    sha256,
    asn1.implicitConstructed(0, ...attributes),
    asn1.sequence(asn1.oid(oids.ecdsaWithSha256)),
    asn1.octetString(sign('sha256', asn1.set(...signed), by.key)),
    ...unsigned.map((members) => asn1.implicitConstructed(1, ...members)),
  );
}

const signedData = (...signers: readonly Uint8Array[]) =>
  asn1.sequence(
    asn1.oid(oids.signedData),
    asn1.explicit(
      0,
      asn1.sequence(
        asn1.integer(1),
        asn1.setOf(sha256),
        asn1.sequence(asn1.oid(oids.data), asn1.explicit(0, asn1.octetString(content))),
        asn1.implicitConstructed(0, signer.certificate, other.certificate),
        asn1.set(...signers),
      ),
    ),
  );
const verified = (...signers: readonly Uint8Array[]) =>
  verifySignerInfo({ signedData: parseSignedData(signedData(...signers)) });

describe('a signature', () => {
  test('holds as it was made, and with an unsigned attribute that states nothing about the content', () => {
    expect(verified(signerInfo())).toMatchObject({ ok: true, problems: [] });
    expect(verified(signerInfo({ unsigned: [[note]] }))).toMatchObject({ ok: true, problems: [] });
  });

  test.each([
    ['a second signer', [signerInfo(), signerInfo({}, other)], 'SIGNER_COUNT'],
    ['its signer twice', [signerInfo(), signerInfo()], 'SIGNER_COUNT'],
    ['a signed attribute twice', [signerInfo({ attributes: [...honest, time] })], 'ATTRIBUTE_DUPLICATE'],
    [
      'a second messageDigest, signed by itself',
      [signerInfo({ attributes: [...honest, digestOf(Buffer.from('other'))] })],
      'ATTRIBUTE_DUPLICATE',
    ],
    ['an unsigned attribute twice', [signerInfo({ unsigned: [[note, note]] })], 'ATTRIBUTE_DUPLICATE'],
    ['two sets of unsigned attributes', [signerInfo({ unsigned: [[note], [note]] })], 'MALFORMED'],
    ['an unsigned contentType', [signerInfo({ unsigned: [[typeOf(oids.data)]] })], 'MALFORMED'],
    ['an unsigned messageDigest', [signerInfo({ unsigned: [[digestOf(content)]] })], 'MALFORMED'],
    ['an unsigned signingTime', [signerInfo({ unsigned: [[time]] })], 'MALFORMED'],
    [
      'unsigned names of its algorithms',
      [signerInfo({ unsigned: [[attribute(oids.cmsAlgorithmProtection, asn1.sequence())]] })],
      'MALFORMED',
    ],
    [
      'an unsigned name of its certificate',
      [signerInfo({ unsigned: [[attribute(oids.signingCertificateV2, asn1.sequence())]] })],
      'MALFORMED',
    ],
    [
      'a signed countersignature',
      [signerInfo({ attributes: [...honest, attribute(oids.counterSignature, asn1.sequence())] })],
      'MALFORMED',
    ],
  ] as const)('with %s can’t be read', (_name, signers, code) => {
    expect(() => parseSignedData(signedData(...signers))).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    ['attributes reversed', { attributes: honest.toReversed() }],
    ['an attribute dropped', { attributes: [honest[0], honest[2]] as Uint8Array[] }],
    ['its messageDigest dropped', { attributes: honest.slice(0, 2) }],
    ['its contentType dropped', { attributes: honest.slice(1) }],
    ['an attribute added', { attributes: [...honest, note] }],
    ['another contentType', { attributes: [typeOf(oids.tstInfo), ...honest.slice(1)] }],
    [
      'signed attributes that state another type',
      {
        attributes: [typeOf(oids.tstInfo), ...honest.slice(1)],
        signed: [typeOf(oids.tstInfo), ...honest.slice(1)],
      },
    ],
    ['a signed messageDigest missing', { attributes: honest.slice(0, 2), signed: honest.slice(0, 2) }],
    ['a signed contentType missing', { attributes: honest.slice(1), signed: honest.slice(1) }],
    [
      'two values of messageDigest, signed',
      (() => {
        const twice = [
          ...honest.slice(0, 2),
          attribute(
            oids.messageDigest,
            ...['', 'x'].map((text) =>
              asn1.octetString(createHash('sha256').update(`what is signed${text}`).digest()),
            ),
          ),
        ];
        return { attributes: twice, signed: twice };
      })(),
    ],
  ] as const satisfies readonly (readonly [string, Parts])[])('with %s does not hold', (_name, parts) => {
    expect(verified(signerInfo(parts)).ok).toBe(false);
  });
});
