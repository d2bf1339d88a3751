/**
 * Where a file comes from: a Sigstore bundle, verified offline against a pinned trust root, and what its
 * certificate says, compared with a project's policy. Who builds is a provider, with a record of its own.
 */
export { OriginError } from './error.ts';
export type { OriginErrorCode } from './error.ts';
export { parseTrustRoot } from './sigstore/trust-root.ts';
export type { TrustRoot, TrustRootKind } from './sigstore/trust-root.ts';
export { bundleLimits } from './sigstore/bundle.ts';
export { verifyOrigin } from './verify.ts';
export type { OriginFacts, VerifiedOrigin, VerifyOriginInput } from './verify.ts';
export type { BuildClaims } from './claims.ts';
export { ageLimit } from './age-limit.ts';
export type { AgeLimit } from './age-limit.ts';
export type { AttestationKind, LocateInOrigin, ProviderName } from './compared.ts';
export type { ArtifactBytes } from './sigstore/signature.ts';
export type { ArtifactDigests } from './subject.ts';
export { judgeToken } from './judge-token.ts';
export type { JudgeTokenInput } from './judge-token.ts';
export type { BuildToken, IdentityTokens } from './identity-token.ts';
export { rejudgeClaims } from './rejudge.ts';
export type { RejudgeInput } from './rejudge.ts';
export {
  buildFileOf,
  claimNames,
  claimsOfEarlierFindings,
  hasIdentityTokens,
  originPolicyOf,
  providerIn,
  providerMismatch,
  providerOf,
  providers,
} from './registry.ts';
export type { OriginPolicy, RecordedClaims } from './registry.ts';
export { answerTo, hostRequestsMax, recorded } from './host.ts';
export type { AskedBuild, CodeHostQuestions, HostAnswer, HostAnswers, HostQuestion } from './host.ts';
export type { NewProjects, ProviderRecord, SpelledLine } from './provider.ts';
export type { OriginField } from './field.ts';
export { ageFloorBounds, measureAge, measureProvider } from './fields/index.ts';
export { originFloors } from './floors.ts';
export type { FloorAnswer, OriginFloor, OriginFloorName } from './floors.ts';
