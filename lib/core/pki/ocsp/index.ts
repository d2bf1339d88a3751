/** Online certificate status (RFC 6960, RFC 5019): requests read, answers made through a signing port and read back. */
export {
  certificateIdHashes,
  encodeCertificateId,
  encodeStatusRequest,
  isSameIssuer,
  issuerDigests,
  type CertificateId,
  type IssuerDigests,
} from './certificate-id.ts';
export { OcspError, type OcspErrorCode } from './error.ts';
export {
  issueStatusAnswer,
  statusErrorAnswer,
  type CertificateStatus,
  type SignStatusAnswer,
  type StatusAnswerRequest,
  type StatusErrorName,
} from './issue-status-answer.ts';
export { readStatusAnswer, statusAnswerBytesMax, type ReadStatusAnswer } from './read-status-answer.ts';
export { readStatusRequest, statusRequestBytesMax } from './read-status-request.ts';
