import { createHash, verify, X509Certificate, type KeyObject } from 'node:crypto';
import { asOctetString, asOid, isUniversal, oids, universalTag } from '../asn1/index.ts';
import { hashOf, signatureHash } from './algorithms.ts';
import { singleValue } from './attributes.ts';
import { certificateIdentity } from './certificate-identity.ts';
import { CmsError, reading } from './errors.ts';
import type { SignedData } from './parse-signed-data.ts';
import type { SignerInfo } from './parse-signer-info.ts';
import { certificateNaming, type CertificateNaming } from './signing-certificate.ts';

export interface SignerVerification {
  /** Everything below is true. */
  readonly ok: boolean;
  /** The certificate that the SignerInfo names, DER; null when it is missing. Its chain is not checked here. */
  readonly certificate: Uint8Array | null;
  readonly contentTypeEqual: boolean;
  readonly messageDigestEqual: boolean;
  readonly signatureValid: boolean;
  /** Not `other`, where everything is well. */
  readonly certificateNaming: CertificateNaming;
  /** Descriptions of what is wrong; empty when ok. */
  readonly problems: readonly string[];
}

interface VerifySignerInfoInput {
  readonly signedData: SignedData;
  /** The signed octets, needed when detached and otherwise taken from the SignedData. */
  readonly content?: Uint8Array;
  /** In place of detached content that is too large to be held: its digest, by the hash that the signature names. */
  readonly contentDigest?: Uint8Array;
  /** Certificates to search besides those in the SignedData. */
  readonly certificates?: readonly Uint8Array[];
}

/**
 * SignedData → whether its one signature is valid, RFC 5652 §5.4 and §5.6: contentType and messageDigest
 * attributes once each and equal to the content's, and the signature over the attributes valid under the
 * key of the certificate that the SignerInfo names.
 *
 * Refuses signatures without signed attributes: without them, content that happens to be a SET of attributes could be
 * mistaken for them. Refuses signed attributes that name another certificate than the signer's (RFC 5035 §5). Refuses SHA-1, RSA under 2048 bits and unknown algorithms.
 */
export function verifySignerInfo(input: VerifySignerInfoInput): SignerVerification {
  const { signedData } = input;
  const { signerInfo } = signedData;
  const problems: string[] = [];
  const content = input.content ?? signedData.encapContent;
  const contentTypeEqual = checkContentType(signedData);
  if (!contentTypeEqual) problems.push('the contentType attribute is missing or names another type');
  const digest = input.contentDigest ?? digestOf(signerInfo, content, problems);
  const messageDigestEqual = digest !== null && checkMessageDigest(signerInfo, digest);
  if (content === null && digest === null) problems.push('the content is detached and was not given');
  else if (!messageDigestEqual) problems.push('the messageDigest attribute is not the digest of the content');
  const certificate = findCertificate(signerInfo, [
    ...signedData.certificates,
    ...(input.certificates ?? []),
  ]);
  if (certificate === null) problems.push('the certificate that the signer names is missing');
  const signatureValid = certificate !== null && checkSignature(signerInfo, certificate, problems);
  const naming = certificate === null ? 'none' : checkNaming(signerInfo, certificate, problems);
  const ok = contentTypeEqual && messageDigestEqual && signatureValid && problems.length === 0;
  return {
    ok,
    certificate,
    contentTypeEqual,
    messageDigestEqual,
    signatureValid,
    certificateNaming: naming,
    problems,
  };
}

/** Whether the signed attributes name the signer's certificate, with the problem where they name another, or none that can be read. */
export function checkNaming(
  { signedAttributes }: SignerInfo,
  certificate: Uint8Array,
  problems: string[],
): CertificateNaming {
  const naming = attempt(() => certificateNaming(signedAttributes, certificate), problems);
  if (naming === 'other')
    problems.push('the signed attributes name another certificate than the one that signed');
  return naming ?? 'other';
}

function checkContentType(signedData: SignedData): boolean {
  const value = singleValue(signedData.signerInfo.signedAttributes, oids.contentType);
  if (value === null || !isUniversal(value, universalTag.oid)) return false;
  return reading('contentType', () => asOid(value)) === signedData.encapContentType;
}

function digestOf(signerInfo: SignerInfo, content: Uint8Array | null, problems: string[]): Uint8Array | null {
  if (content === null) return null;
  const hash = attempt(() => hashOf(signerInfo.digestAlgorithm), problems);
  return hash === null ? null : createHash(hash).update(content).digest();
}

export function checkMessageDigest(signerInfo: SignerInfo, digest: Uint8Array): boolean {
  const value = singleValue(signerInfo.signedAttributes, oids.messageDigest);
  if (value === null || !isUniversal(value, universalTag.octetString)) return false;
  return Buffer.compare(digest, asOctetString(value)) === 0;
}

/** The certificate that a SignerInfo names, DER; null: it is not among these. Nothing is verified. */
export function findCertificate(
  { signerIdentifier }: SignerInfo,
  certificates: readonly Uint8Array[],
): Uint8Array | null {
  const match = certificates.find((candidate) => {
    const identity = certificateIdentity(candidate);
    if (signerIdentifier.kind === 'subjectKeyIdentifier') {
      const found = identity.subjectKeyIdentifier;
      return found !== null && Buffer.compare(found, signerIdentifier.keyIdentifier) === 0;
    }
    return (
      identity.serialNumber === signerIdentifier.serialNumber &&
      Buffer.compare(identity.issuer, signerIdentifier.issuer) === 0
    );
  });
  return match ?? null;
}

function checkSignature(signerInfo: SignerInfo, certificate: Uint8Array, problems: string[]): boolean {
  if (signerInfo.signedAttributesDer === null) {
    problems.push('the signer has no signed attributes');
    return false;
  }
  return checkSignatureOver(signerInfo.signedAttributesDer, signerInfo, certificate, problems);
}

/** `signed`: what was signed. */
export function checkSignatureOver(
  signed: Uint8Array,
  signerInfo: SignerInfo,
  certificate: Uint8Array,
  problems: string[],
): boolean {
  const key = attempt(() => publicKey(certificate), problems);
  if (key === null) return false;
  const algorithm = attempt(
    () => signatureHash(signerInfo.signatureAlgorithm, signerInfo.digestAlgorithm, key),
    problems,
  );
  if (algorithm === null) return false;
  if ('problem' in algorithm) {
    problems.push(algorithm.problem);
    return false;
  }
  const valid = verify(algorithm.hash, signed, key, signerInfo.signature);
  if (!valid) problems.push("the signature over the attributes does not fit the certificate's key");
  return valid;
}

export function publicKey(certificate: Uint8Array): KeyObject {
  try {
    return new X509Certificate(certificate).publicKey;
  } catch (cause) {
    throw new CmsError('CERTIFICATE_UNSUITABLE', 'the signer’s certificate has no readable key', { cause });
  }
}

function attempt<T>(run: () => T, problems: string[]): T | null {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    problems.push(error.message);
    return null;
  }
}
