import { createHash, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  asOid,
  boolean,
  explicit,
  implicitConstructed,
  integer,
  octetString,
  oid,
  oids,
  readDer,
  sequence,
  set,
  setOf,
  type Der,
} from '../asn1/index.ts';
import { attribute, certificateIdentity, signingCertificateV2 } from '../cms/index.ts';
import { issueCertificate } from '../x509/index.ts';
import {
  input,
  life,
  organization,
  query,
  root,
  serial,
  token,
  tsaCertificate,
  tsaKey,
} from './authority.fixture.ts';
import { TspError, verifyTimestampToken } from './index.ts';

const [, wrapped] = readDer(token).children;
const [version, algorithms, encapsulated, certificates, signers] = wrapped?.children[0]?.children ?? [];
const signer = signers?.children[0]?.children ?? [];
const [, value] = encapsulated?.children ?? [];
const info = readDer(value?.children[0]?.contents ?? token).children.map((child) => child.bytes);

/** The token with another content, signed again with the authority's key: what our own writer never makes. */
function signedOver(
  content: Uint8Array,
  {
    type = oids.tstInfo,
    wrap = octetString,
    alongside = [],
    naming,
  }: {
    type?: string;
    wrap?: (bytes: Uint8Array) => Der;
    alongside?: readonly Uint8Array[];
    /** In place of what names the authority's certificate. */
    naming?: readonly Uint8Array[];
  } = {},
): Uint8Array {
  const kept = (signer[3]?.children ?? []).filter(
    ({ children: [name] }) =>
      name !== undefined && asOid(name) !== oids.messageDigest && asOid(name) !== oids.contentType,
  );
  const attributes = setOf(
    attribute(oids.contentType, oid(type)),
    attribute(oids.messageDigest, octetString(createHash('sha256').update(content).digest())),
    ...(naming ?? kept.map((derNode) => derNode.bytes)),
  );
  const signed = sequence(
    ...signer.slice(0, 3).map((derNode) => derNode.bytes),
    // [0] IMPLICIT (RFC 5652 §5.4).
    Uint8Array.from([0xa0, ...attributes.subarray(1)]),
    ...signer.slice(4, 5).map((derNode) => derNode.bytes),
    octetString(sign('sha256', attributes, tsaKey.privateKey)),
  );
  const parts = [
    ...[version, algorithms].map((node) => node?.bytes ?? new Uint8Array()),
    sequence(oid(type), explicit(0, wrap(content))),
    implicitConstructed(0, ...alongside, ...(certificates?.children ?? []).map((child) => child.bytes)),
  ];
  return sequence(oid(oids.signedData), explicit(0, sequence(...parts, set(signed))));
}

function codeOf(made: Uint8Array): string {
  try {
    verifyTimestampToken({ ...query, token: made });
    return 'accepted';
  } catch (error) {
    return error instanceof TspError ? error.code : String(error);
  }
}

describe('a token made by other software', () => {
  it('is accepted like ours if it states the same', () => {
    expect(codeOf(signedOver(sequence(...info)))).toBe('accepted');
    expect(verifyTimestampToken({ ...query, token: signedOver(sequence(...info)) }).time).toEqual(input.time);
  });

  it('is attributed to its signer, even if another certificate has the same number', async () => {
    const twin = await issueCertificate(
      {
        ...life,
        serial: serial(2),
        kind: 'root',
        issuer: null,
        publicKey: tsaKey.publicKey,
        subject: { organization, commonName: 'Another root' },
      },
      input.sign,
    );
    const made = signedOver(sequence(...info), { alongside: [twin] });
    expect(verifyTimestampToken({ ...query, token: made }).tsaCertificate).toEqual(tsaCertificate);
  });

  describe('with signing-certificate attributes', () => {
    const { issuer, serialNumberDer } = certificateIdentity(tsaCertificate);
    const place = sequence(sequence(explicit(4, issuer)), serialNumberDer);
    const anywhere = sequence(sequence(explicit(4, issuer)), integer(7));
    const v1 = (certificate: Uint8Array, ...more: readonly Uint8Array[]) =>
      attribute(
        oids.signingCertificate,
        sequence(sequence(sequence(octetString(createHash('sha1').update(certificate).digest()), ...more))),
      );
    const v2 = (certificate: Uint8Array) =>
      attribute(oids.signingCertificateV2, signingCertificateV2(certificate));

    it.each([
      ['version 1, as RFC 3161 had it', [v1(tsaCertificate)], 'accepted'],
      ['version 1 with issuer and number', [v1(tsaCertificate, place)], 'accepted'],
      ['both versions', [v1(tsaCertificate), v2(tsaCertificate)], 'accepted'],
      ['version 1 of another certificate', [v1(root)], 'CERTIFICATE_MISMATCH'],
      ['version 1 with another number', [v1(tsaCertificate, anywhere)], 'CERTIFICATE_MISMATCH'],
      ['version 2 of another certificate', [v2(root)], 'CERTIFICATE_MISMATCH'],
      ['another one in version 1 alone', [v1(root), v2(tsaCertificate)], 'CERTIFICATE_MISMATCH'],
      ['another one in version 2 alone', [v1(tsaCertificate), v2(root)], 'CERTIFICATE_MISMATCH'],
      ['neither', [], 'CERTIFICATE_MISMATCH'],
    ])('%s', (_name, naming, code) => {
      expect(codeOf(signedOver(sequence(...info), { naming }))).toBe(code);
    });
  });

  it('is refused if the content isn’t an OCTET STRING, although its bytes are signed', () => {
    const direct = signedOver(sequence(...info), { wrap: (bytes) => sequence(bytes) });
    expect(codeOf(direct)).toBe('NOT_A_TIMESTAMP');
  });

  it('is refused if its content has another type, whatever it is', () => {
    expect(codeOf(signedOver(sequence(...info), { type: oids.data }))).toBe('NOT_A_TIMESTAMP');
  });

  it('is refused in an unspecified version', () => {
    expect(codeOf(signedOver(sequence(integer(2), ...info.slice(1))))).toBe('MALFORMED');
  });

  it('is refused with an unknown critical extension, and not with a non-critical one', () => {
    const extended = (...critical: readonly Der[]) =>
      signedOver(
        sequence(
          ...info,
          implicitConstructed(1, sequence(oid('1.2.3.4'), ...critical, octetString(new Uint8Array(2)))),
        ),
      );
    expect(codeOf(extended(boolean(true)))).toBe('EXTENSION_UNSUPPORTED');
    expect(codeOf(extended())).toBe('accepted');
  });

  it('is refused with anything after the specified members', () => {
    expect(codeOf(signedOver(sequence(...info, octetString(new Uint8Array(1)))))).toBe('MALFORMED');
  });
});
