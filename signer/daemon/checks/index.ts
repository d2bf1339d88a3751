/** The steps before a signature, each resulting in a proof or a refusal. */
export { checkApproval, findDenial, type ApprovalResult, type ApprovedRequest } from './approval.ts';
export { decidingDigest, decidingPolicies } from './deciding-digest.ts';
export { keyFor } from './policy.ts';
export { asUnavailable, checkInspection, type InspectedArtifact, type SignTarget } from './inspection.ts';
export type { FollowTarget } from './follows.ts';
export { checkHost, type HostAsked } from './host.ts';
export { checkOrigin } from './origin.ts';
export { checkPolicy, type GoverningPolicy } from './policy.ts';
export { receiveArtifact, type ReceivedArtifact } from './received.ts';
export type { SignedBefore } from './signed-inside.ts';
export { checkScan, type ScannedArtifact } from './scan.ts';
