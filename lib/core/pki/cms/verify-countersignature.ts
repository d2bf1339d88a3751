import { createHash } from 'node:crypto';
import { oids, type DerNode } from '../asn1/index.ts';
import { hashOf } from './algorithms.ts';
import { reading } from './errors.ts';
import type { SignedData } from './parse-signed-data.ts';
import { parseSignerInfo, type SignerInfo } from './parse-signer-info.ts';
import {
  checkMessageDigest,
  checkNaming,
  checkSignatureOver,
  findCertificate,
} from './verify-signer-info.ts';

export interface CountersignatureVerification {
  readonly signerInfo: SignerInfo;
  /** The certificate that it names, DER; null when it is missing. Its chain is not checked here. */
  readonly certificate: Uint8Array | null;
  /** Empty: it is valid, and about this signature. */
  readonly problems: readonly string[];
}

/**
 * The value of a countersignature attribute (RFC 5652 §11.4): a SignerInfo whose content is the signature value of the SignerInfo that
 * it is in, and whose signed attributes therefore have no contentType. Throws CmsError for what can't be read.
 */
export function verifyCountersignature(
  value: DerNode,
  { signerInfo: countersigned, certificates }: Pick<SignedData, 'signerInfo' | 'certificates'>,
): CountersignatureVerification {
  const signerInfo = reading('countersignature', () => parseSignerInfo(value));
  const problems: string[] = [];
  const digest = createHash(hashOf(signerInfo.digestAlgorithm)).update(countersigned.signature).digest();
  if (signerInfo.signedAttributes.has(oids.contentType))
    problems.push('it states a contentType, which no countersignature has');
  if (!checkMessageDigest(signerInfo, digest))
    problems.push('the messageDigest attribute is not the digest of the signature');
  const certificate = findCertificate(signerInfo, certificates);
  if (certificate === null) problems.push('the certificate that the signer names is missing');
  else if (signerInfo.signedAttributesDer === null) problems.push('the signer has no signed attributes');
  else {
    checkSignatureOver(signerInfo.signedAttributesDer, signerInfo, certificate, problems);
    checkNaming(signerInfo, certificate, problems);
  }
  return { signerInfo, certificate, problems };
}
