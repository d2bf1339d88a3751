/** Revocation lists: made through a signing port, and read back. */
export { RevocationError, type RevocationErrorCode } from './error.ts';
export {
  issueRevocationList,
  type RevocationListRequest,
  type RevokedCertificate,
  type SignRevocationList,
} from './issue-revocation-list.ts';
export { readRevocationList, type ReadRevocationList } from './read-revocation-list.ts';
export { reasonCodes, type RevocationReason } from './reasons.ts';
