/**
 * SignedData of CMS (RFC 5652) whose content lies elsewhere: the block of a JAR file speaks for the .SF beside it. Unlike
 * Authenticode's, the signature states its time, and names its algorithms among what it signs, so that nobody can pass it off as
 * one by a weaker hash (RFC 6211).
 */
import {
  asOctetString,
  asSet,
  explicit,
  generalizedTime,
  implicitConstructed,
  integer,
  octetString,
  oid,
  oids,
  readDer,
  sequence,
  setOf,
  utcTime,
  type Der,
} from '../asn1/index.ts';
import { algorithmIdentifier, signatureAlgorithmFor, type HashName } from './algorithms.ts';
import { attribute, readAttributes, singleValue } from './attributes.ts';
import { certificateIdentity } from './certificate-identity.ts';
import { CmsError, reading } from './errors.ts';
import { digestLengths } from './spc-indirect-data.ts';
import { publicKey } from './verify-signer-info.ts';

interface SignedAttributesInput {
  /** Of the content, by `hash`. */
  readonly contentDigest: Uint8Array;
  readonly hash: HashName;
  /** In whole seconds. */
  readonly signingTime: Date;
  /** DER certificate of the key that signs: its type is part of the algorithm's name. */
  readonly signerCertificate: Uint8Array;
}

/** RFC 5652 §11.3: UTCTime up to 2049. */
const time = (at: Date): Der => (at.getUTCFullYear() < 2050 ? utcTime(at) : generalizedTime(at));

/**
 * → DER SET (tag 0x31) of the signed attributes: the very bytes to be hashed and signed.
 * ```
 * contentType             id-data
 * messageDigest           OCTET STRING
 * signingTime             UTCTime, GeneralizedTime from 2050 on
 * CMSAlgorithmProtection  SEQUENCE { digestAlgorithm, signatureAlgorithm [1] IMPLICIT AlgorithmIdentifier }
 * ```
 */
export function detachedSignedAttributes(input: SignedAttributesInput): Der {
  const { contentDigest, hash, signingTime, signerCertificate } = input;
  if (contentDigest.length !== digestLengths[hash]) {
    throw new CmsError('MALFORMED', `a ${hash} digest of ${contentDigest.length} bytes`);
  }
  return setOf(
    attribute(oids.contentType, oid(oids.data)),
    attribute(oids.messageDigest, octetString(contentDigest)),
    attribute(oids.signingTime, time(signingTime)),
    attribute(oids.cmsAlgorithmProtection, algorithmProtection(hash, signerCertificate)),
  );
}

function algorithmProtection(hash: HashName, signerCertificate: Uint8Array): Der {
  const signatureAlgorithm = signatureAlgorithmFor(publicKey(signerCertificate), hash);
  return sequence(
    algorithmIdentifier(oids[hash]),
    implicitConstructed(1, readDer(signatureAlgorithm).contents),
  );
}

interface BuildDetachedInput {
  /** The bytes that were signed, as detachedSignedAttributes gave them. */
  readonly signedAttributes: Uint8Array;
  /** Of the content, by `hash`: the attributes have to be about it. */
  readonly contentDigest: Uint8Array;
  readonly hash: HashName;
  /** RSASSA-PKCS1-v1_5 or ECDSA over signedAttributes, by `hash`. */
  readonly signature: Uint8Array;
  /** DER certificate of the key that signed. */
  readonly signerCertificate: Uint8Array;
  /** DER certificates above it. */
  readonly chain: readonly Uint8Array[];
  /** DER RFC 3161 token over SHA-256 of the signature. */
  readonly timestampToken: Uint8Array | null;
}

/**
 * The parts of a signature → DER ContentInfo with SignedData of version 1, without content. Rejects attributes that are about other
 * content. Does not check the signature: verifyDetached does that over the finished file.
 */
export function buildDetached(input: BuildDetachedInput): Der {
  checkMessageDigest(input);
  const { hash, signature, signerCertificate, chain, timestampToken } = input;
  const identity = certificateIdentity(signerCertificate);
  const signerInfo = sequence(
    integer(1),
    sequence(identity.issuer, identity.serialNumberDer),
    algorithmIdentifier(oids[hash]),
    implicitConstructed(0, readDer(input.signedAttributes).contents),
    signatureAlgorithmFor(publicKey(signerCertificate), hash),
    octetString(signature),
    ...(timestampToken === null
      ? []
      : [implicitConstructed(1, attribute(oids.timestampToken, timestampToken))]),
  );
  const signedData = sequence(
    integer(1),
    setOf(algorithmIdentifier(oids[hash])),
    sequence(oid(oids.data)),
    implicitConstructed(0, readDer(setOf(signerCertificate, ...chain)).contents),
    setOf(signerInfo),
  );
  return sequence(oid(oids.signedData), explicit(0, signedData));
}

function checkMessageDigest({ signedAttributes, contentDigest }: BuildDetachedInput): void {
  const stated = reading('signed attributes', () => {
    const value = singleValue(readAttributes(asSet(readDer(signedAttributes))), oids.messageDigest);
    return value === null ? new Uint8Array(0) : asOctetString(value);
  });
  if (Buffer.compare(stated, contentDigest) !== 0) {
    throw new CmsError('MESSAGE_DIGEST_MISMATCH', 'the signed attributes are about other content');
  }
}
