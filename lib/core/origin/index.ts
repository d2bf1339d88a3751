/**
 * Where a file comes from: a Sigstore bundle, verified offline against a pinned trust root, and what its
 * certificate says, compared with a project's policy.
 */
export { OriginError } from './error.ts';
export type { OriginErrorCode } from './error.ts';
export { parseTrustRoot } from './trust-root.ts';
export type { TrustRoot } from './trust-root.ts';
export { bundleLimits } from './bundle.ts';
export { verifyOrigin } from './verify.ts';
export type { OriginFacts, VerifiedOrigin, VerifyOriginInput } from './verify.ts';
export type { BuildClaims, ClaimName } from './claims.ts';
export {
  ageLimit,
  originPolicyOf,
  releaseAgeHoursDefault,
  defaultAttestations,
  defaultVisibility,
} from './policy.ts';
export type { AgeLimit, AttestationKind, LocateInOrigin, OriginPolicy, PinnedBuilder } from './policy.ts';
export type { ArtifactBytes } from './signature.ts';
export type { ArtifactDigests } from './subject.ts';
export { claimNames } from './claims.ts';
export { rejudgeClaims } from './rejudge.ts';
export type { RecordedClaims, RejudgeInput } from './rejudge.ts';
