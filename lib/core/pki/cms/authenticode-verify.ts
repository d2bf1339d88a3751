import { oids } from '../asn1/index.ts';
import { singleValue } from './attributes.ts';
import type { SignedData } from './parse-signed-data.ts';
import { parseSpcIndirectData } from './spc-indirect-data.ts';
import { verifyWritten, type WrittenVerification } from './verify-written.ts';

interface VerifyAuthenticodeInput {
  /** DER ContentInfo, as extractPeSignature gives it. */
  readonly pkcs7: Uint8Array;
  /** The digest of the program, computed again by peDigest with the hash that the signature names. */
  readonly peDigest: Uint8Array;
  /** DER of the certificate that must have signed. */
  readonly signerCertificate: Uint8Array;
}

export interface AuthenticodeVerification {
  /** Everything below is true and there are no problems. */
  readonly ok: boolean;
  /** The signature is about a program with this digest. */
  readonly digestEqual: boolean;
  /** The signed attributes are about that statement. */
  readonly messageDigestEqual: boolean;
  readonly signatureValid: boolean;
  /** The certificate that the signature names is the one expected, byte for byte. */
  readonly certificateEqual: boolean;
  readonly problems: readonly string[];
  /** What a timestamp covers: its imprint is the hash of these bytes. */
  readonly signature: Uint8Array;
  /** DER RFC 3161 token, null when there is none; not verified here. */
  readonly timestampToken: Uint8Array | null;
}

/**
 * Signature and program → whether they belong together and who signed. Chain, validity, revocation and timestamp are up to
 * the caller. Throws CmsError only for what can't be read at all.
 */
export function verifyAuthenticode(input: VerifyAuthenticodeInput): AuthenticodeVerification {
  const verified = verifyPkcs7(input, oids.spcIndirectData);
  const { encapContentDer } = verified.signedData;
  const problems = [...verified.problems];
  const statement = encapContentDer === null ? null : parseSpcIndirectData(encapContentDer);
  if (statement !== null && statement.type !== oids.spcPeImageData) {
    problems.push(`the signature is about a ${statement.type}, not a PE image`);
  }
  const digestEqual = statement !== null && Buffer.compare(statement.digest, input.peDigest) === 0;
  if (!digestEqual) problems.push('the signature is about a program with another digest');
  const { signer, certificateEqual, signature, timestampToken } = verified;
  return {
    ok: problems.length === 0 && verified.ok && digestEqual,
    digestEqual,
    messageDigestEqual: signer.messageDigestEqual,
    signatureValid: signer.signatureValid,
    certificateEqual,
    problems,
    signature,
    timestampToken,
  };
}

export interface Pkcs7Verification extends WrittenVerification {
  /** Signed by the expected certificate, over the content present, and of the form that Authenticode prescribes. */
  readonly ok: boolean;
}

/**
 * PKCS#7 v1.5 as Authenticode writes it, around content of the type with this OID → whether it is valid and who signed, as
 * far as that can be determined without the file: what the content states about one is up to the caller. Throws CmsError only for what can't be
 * read at all.
 */
export function verifyPkcs7(
  { pkcs7, signerCertificate }: Pick<VerifyAuthenticodeInput, 'pkcs7' | 'signerCertificate'>,
  contentType: string,
): Pkcs7Verification {
  const verified = verifyWritten(
    { signedData: pkcs7, signerCertificate, hash: null },
    { contentType, form: 'direct', timestampType: oids.authenticodeTimestampToken },
  );
  const ok = verified.problems.length === 0 && verified.signer.ok && verified.certificateEqual;
  return { ...verified, ok };
}

/** The RFC 3161 token among the unsigned attributes (1.3.6.1.4.1.311.3.3.1), DER; null when there is none or several. */
export function authenticodeTimestampToken(signedData: SignedData): Uint8Array | null {
  return (
    singleValue(signedData.signerInfo.unsignedAttributes, oids.authenticodeTimestampToken)?.bytes ?? null
  );
}
