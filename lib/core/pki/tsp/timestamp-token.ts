import { createHash } from 'node:crypto';
import {
  concatenate,
  explicit,
  implicitConstructed,
  integer,
  nullValue,
  octetString,
  oid,
  oids,
  sequence,
  set,
  setOf,
  type Der,
} from '../asn1/index.ts';
import { attribute, certificateIdentity, signingCertificateV2 } from '../cms/index.ts';
import type { TimestampRequest } from './timestamp-request.ts';
import { tstInfo } from './tst-info.ts';

export interface TimestampTokenInput {
  readonly request: TimestampRequest;
  /** Unique for this authority, never used twice. */
  readonly serial: bigint;
  readonly time: Date;
  readonly policyOid: string;
  readonly accuracySeconds: number | null;
  /** DER of the authority's certificate. */
  readonly tsaCertificate: Uint8Array;
  /** DER of the certificates above it; included, with its own, when the request has certReq. */
  readonly chain: readonly Uint8Array[];
  /** The DER SET of signed attributes → RSASSA-PKCS1-v1_5 signature over its SHA-256. */
  readonly sign: (signedAttributes: Uint8Array) => Promise<Uint8Array>;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/**
 * Request → TimeStampToken: a CMS SignedData (RFC 5652 §5.1, version 3) over the TSTInfo, with the signed
 * attributes contentType, messageDigest and signing-certificate-v2 (RFC 3161 §2.4.2, RFC 5816 §2.2.1).
 */
export async function buildTimestampToken(input: TimestampTokenInput): Promise<Der> {
  const { request, serial, time, policyOid, accuracySeconds, tsaCertificate } = input;
  const { imprint, nonce } = request;
  const content = tstInfo({ policyOid, imprint, serial, time, accuracySeconds, nonce });
  const signedAttributes = setOf(
    attribute(oids.contentType, oid(oids.tstInfo)),
    attribute(oids.messageDigest, octetString(sha256(content))),
    attribute(oids.signingCertificateV2, signingCertificateV2(tsaCertificate)),
  );
  const signature = await input.sign(signedAttributes);
  const { issuer, serialNumberDer } = certificateIdentity(tsaCertificate);
  // [0] IMPLICIT: the context tag replaces the SET's own identifier octet (RFC 5652 §5.4).
  const embeddedAttributes = concatenate([Uint8Array.of(0xa0), signedAttributes.subarray(1)]);
  const signerInfo = sequence(
    integer(1),
    sequence(issuer, serialNumberDer),
    sequence(oid(oids.sha256), nullValue()),
    embeddedAttributes,
    sequence(oid(oids.rsaEncryption), nullValue()),
    octetString(signature),
  );
  const certificates = request.certReq ? [tsaCertificate, ...input.chain] : [];
  const signedData = sequence(
    integer(3),
    set(sequence(oid(oids.sha256), nullValue())),
    sequence(oid(oids.tstInfo), explicit(0, octetString(content))),
    ...(certificates.length === 0 ? [] : [implicitConstructed(0, ...sortedSet(certificates))]),
    set(signerInfo),
  );
  return sequence(oid(oids.signedData), explicit(0, signedData));
}

/** The members of a SET OF in DER's order: by their encodings. */
function sortedSet(members: readonly Uint8Array[]): Uint8Array[] {
  return [...members].sort((left, right) => Buffer.compare(left, right));
}
