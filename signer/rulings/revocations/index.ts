/** What is revoked: read from accepted policies, never forgotten. */
export { blockingRevocation } from './blocks.ts';
export { describeShortfalls, shortfallsOf, type RevocationClaim, type Shortfall } from './compare.ts';
export { notRevokedProblem, proveNotRevoked, type NotRevoked } from './not-revoked.ts';
export { readJournalled, RevocationUnreadable } from './journalled.ts';
export { claimsOfList, listFilesBeside, readListFile } from './published.ts';
export { openRevocationRegister, type RevocationRegister, type Revocations } from './register.ts';
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
