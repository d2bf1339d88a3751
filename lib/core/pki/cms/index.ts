/** SignedData: Authenticode's PKCS#7 v1.5, CMS around data and CMS beside it written and read, timestamp tokens read. */
export { type HashName } from './algorithms.ts';
export { attribute, singleValue, type CmsAttribute } from './attributes.ts';
export { authenticodeSignedAttributes, buildAuthenticode } from './authenticode-build.ts';
export {
  authenticodeTimestampToken,
  verifyAuthenticode,
  verifyPkcs7,
  type AuthenticodeVerification,
  type Pkcs7Verification,
} from './authenticode-verify.ts';
export { buildSignedData, verifySignedData } from './build-signed-data.ts';
export { certificateIdentity, type CertificateIdentity } from './certificate-identity.ts';
export { buildDetached, detachedSignedAttributes } from './detached-build.ts';
export { verifyDetached } from './detached-verify.ts';
export { buildFileSignature, fileSignedAttributes, verifyFileSignature } from './file-signature.ts';
export { CmsError, type CmsErrorCode } from './errors.ts';
export { findSignatures, type Countersignature, type FoundSignature } from './find-signatures.ts';
export { nestSignature, withoutNested } from './nested-signature.ts';
export { commitmentType, namesSigner, originProblems, originSignedAttributes } from './origin-attributes.ts';
export { parseSignedData, signatureDepthMax, type SignedData } from './parse-signed-data.ts';
export { type SignerIdentifier, type SignerInfo } from './parse-signer-info.ts';
export {
  parseSpcIndirectData,
  spcIndirectData,
  contentDigest,
  type SpcIndirectData,
} from './spc-indirect-data.ts';
export { signingCertificateV2 } from './signing-certificate.ts';
export { findCertificate, verifySignerInfo, type SignerVerification } from './verify-signer-info.ts';
export { verifyText } from './verify-text.ts';
export { verifyCountersignature, type CountersignatureVerification } from './verify-countersignature.ts';
