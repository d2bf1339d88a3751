/**
 * Signed attributes of a signature that says who made something and when (CAdES-BES, RFC 5126 §4.3.1): the author signatures of
 * NuGet packages have them.
 */
import { createHash } from 'node:crypto';
import {
  asOid,
  asSequence,
  asTime,
  explicit,
  octetString,
  oid,
  oids,
  sequence,
  setOf,
  type Der,
} from '../asn1/index.ts';
import { algorithmIdentifier, type HashName } from './algorithms.ts';
import { attribute, singleValue } from './attributes.ts';
import { certificateIdentity } from './certificate-identity.ts';
import { CmsError, reading } from './errors.ts';
import type { SignerInfo } from './parse-signer-info.ts';
import { certificateNaming } from './signing-certificate.ts';
import { digestLengths } from './spc-indirect-data.ts';
import { signingTimeValue } from './write-signed-data.ts';

interface OriginAttributesInput {
  /** Of the content, by `hash`. */
  readonly contentDigest: Uint8Array;
  readonly hash: HashName;
  /** In whole seconds. */
  readonly signingTime: Date;
  /** DER certificate of the key that signs. */
  readonly signerCertificate: Uint8Array;
}

/**
 * → DER SET (tag 0x31) of the signed attributes: the very bytes to be hashed and signed.
 * ```
 * contentType              id-data
 * messageDigest            OCTET STRING
 * signingTime              UTCTime, GeneralizedTime from 2050 on (RFC 5652 §11.3)
 * commitmentTypeIndication SEQUENCE { proofOfOrigin } (RFC 5126 §5.11.1)
 * signingCertificateV2     SEQUENCE { SEQUENCE OF ESSCertIDv2 } (RFC 5035 §3), of the signer's certificate alone
 * ESSCertIDv2              SEQUENCE { hashAlgorithm DEFAULT SHA-256, certHash OCTET STRING, IssuerSerial }
 * IssuerSerial             SEQUENCE { GeneralNames { directoryName [4] }, serialNumber }
 * ```
 */
export function originSignedAttributes(input: OriginAttributesInput): Der {
  const { contentDigest, hash, signingTime, signerCertificate } = input;
  if (contentDigest.length !== digestLengths[hash]) {
    throw new CmsError('MALFORMED', `a ${hash} digest of ${contentDigest.length} bytes`);
  }
  return setOf(
    attribute(oids.contentType, oid(oids.data)),
    attribute(oids.messageDigest, octetString(contentDigest)),
    attribute(oids.signingTime, signingTimeValue(signingTime)),
    attribute(oids.commitmentTypeIndication, sequence(oid(oids.proofOfOrigin))),
    attribute(oids.signingCertificateV2, sequence(sequence(certificateId(signerCertificate, hash)))),
  );
}

function certificateId(certificate: Uint8Array, hash: HashName): Der {
  const { issuer, serialNumberDer } = certificateIdentity(certificate);
  return sequence(
    // DER leaves out what is the default.
    ...(hash === 'sha256' ? [] : [algorithmIdentifier(oids[hash])]),
    octetString(createHash(hash).update(certificate).digest()),
    sequence(sequence(explicit(4, issuer)), serialNumberDer),
  );
}

/** What a signature says of itself → what of it isn't as `originSignedAttributes` writes it. */
export function originProblems(
  { signedAttributes }: Pick<SignerInfo, 'signedAttributes'>,
  signerCertificate: Uint8Array,
): readonly string[] {
  const problems: string[] = [];
  if (commitmentType(signedAttributes) !== oids.proofOfOrigin)
    problems.push('the signed attributes are no proof of origin');
  const time = singleValue(signedAttributes, oids.signingTime);
  if (time === null) problems.push('the signed attributes state no time');
  else reading('signingTime', () => asTime(time));
  if (!namesSigner({ signedAttributes }, signerCertificate))
    problems.push('the signed attributes name another certificate than the signer’s');
  return problems;
}

/** Whether the signed attributes say that this certificate is the signer's (signing-certificate-v2). */
export function namesSigner(
  { signedAttributes }: Pick<SignerInfo, 'signedAttributes'>,
  certificate: Uint8Array,
): boolean {
  return (
    signedAttributes.has(oids.signingCertificateV2) &&
    certificateNaming(signedAttributes, certificate) === 'same'
  );
}

/** OID of what the signer commits to; null: nothing is stated, or not as one of several. */
export function commitmentType(signedAttributes: SignerInfo['signedAttributes']): string | null {
  const value = singleValue(signedAttributes, oids.commitmentTypeIndication);
  if (value === null) return null;
  return reading('commitmentTypeIndication', () => {
    const [identifier] = asSequence(value);
    return identifier === undefined ? null : asOid(identifier);
  });
}
