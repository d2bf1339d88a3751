/**
 * Certificates of others, read and verified up to a trusted root. Without any package, so that the inspector, which holds none,
 * can verify what upstream signed.
 */
export { X509Error, type X509ErrorCode } from './error.ts';
export { readSubject, type CertificateSubject } from './subject.ts';
export { verifyCertificatePath, type PathQuery } from './verify-path.ts';
