/** Certificates: the profiles of the hierarchy, and issuing through a signing port. Path verification stands in ../certificate-path. */
export {
  X509Error,
  type X509ErrorCode,
  verifyCertificatePath,
  type PathQuery,
} from '../certificate-path/index.ts';
export {
  certificateFromPem,
  certificateRequestToPem,
  certificatesFromPem,
  certificateToPem,
  keyIdentifier,
  parseCertificate,
  serialOf,
  type ParsedCertificate,
} from './certificate.ts';
export { createCertificateRequest, readCertificateRequest } from './certificate-request.ts';
export { issueCertificate, type CertificateRequest, type SignTbsCertificate } from './issue-certificate.ts';
export { lintTbsCertificate, type LintResult } from './lint/index.ts';
export {
  profiles,
  subjectName,
  type CertificateKind,
  type CertificateUrls,
  type SubjectName,
} from './profiles.ts';
