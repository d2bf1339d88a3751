/**
 * SignedData of CMS (RFC 5652) whose content lies elsewhere: the block of a JAR file speaks for the .SF beside it. Unlike
 * Authenticode's, the signature states its time, and names its algorithms among what it signs, so that nobody can pass it off as
 * one by a weaker hash (RFC 6211).
 */
import {
  implicitConstructed,
  octetString,
  oid,
  oids,
  readDer,
  sequence,
  setOf,
  type Der,
} from '../asn1/index.ts';
import { algorithmIdentifier, signatureAlgorithmFor, type HashName } from './algorithms.ts';
import { attribute } from './attributes.ts';
import { CmsError } from './errors.ts';
import { digestLengths } from './spc-indirect-data.ts';
import { publicKey } from './verify-signer-info.ts';
import { signingTimeValue, writeSignedData, type SignatureInput } from './write-signed-data.ts';

interface SignedAttributesInput {
  /** Of the content, by `hash`. */
  readonly contentDigest: Uint8Array;
  readonly hash: HashName;
  /** In whole seconds. */
  readonly signingTime: Date;
  /** DER certificate of the key that signs: its type is part of the algorithm's name. */
  readonly signerCertificate: Uint8Array;
}

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
    attribute(oids.signingTime, signingTimeValue(signingTime)),
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

interface BuildDetachedInput extends SignatureInput {
  /** Of the content, by `hash`: the attributes have to be about it. */
  readonly contentDigest: Uint8Array;
}

/**
 * The parts of a signature → DER ContentInfo with SignedData of version 1, without content. Rejects attributes that are about other
 * content. Does not check the signature: verifyDetached does that over the finished file.
 */
export function buildDetached(input: BuildDetachedInput): Der {
  return writeSignedData(input, {
    contentType: oids.data,
    content: null,
    contentDigest: input.contentDigest,
    signatureAlgorithm: signatureAlgorithmFor(publicKey(input.signerCertificate), input.hash),
    timestampType: oids.timestampToken,
  });
}
