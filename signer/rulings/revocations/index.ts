/** Revocations: read from accepted policies, never forgotten. */
export { blockingRevocation } from './blocks.ts';
export type { RevocationClaim } from './claim.ts';
export { describeShortfalls, shortfallsOf, type Shortfall } from './compare.ts';
export { notRevokedProblem, proveNotRevoked, type NotRevoked } from './not-revoked.ts';
export { readJournalled, RevocationUnreadable } from './journalled.ts';
export { claimsOfList, listFilesBeside, readListFile } from './published.ts';
export { openRevocationRegister, type RevocationRegister } from './register.ts';
export type { Revocations } from './revocations.ts';
export { certifiedKeys, withSameKeys, type CertifiedKeys } from './same-keys.ts';
export { judgeAnswers } from './watch-answers.ts';
export { judgeList, type ListVerdict } from './watch-list.ts';
export {
  readRegister,
  RegisterError,
  registerFix,
  registerText,
  stricter,
  type KnownRevocation,
  type RegisterErrorCode,
} from './wire.ts';
