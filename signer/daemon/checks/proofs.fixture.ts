/** Proofs with the results that a test states, for code that demands them. */
import type { ApprovedRequest } from './approval.ts';
import type { HostAsked } from './host.ts';
import type { InspectedArtifact } from './inspection.ts';
import type { GoverningPolicy } from './policy.ts';
import type { ReceivedArtifact } from './received.ts';
import type { ScannedArtifact } from './scan.ts';

/** Asked nothing, or answered: for this policy, about this build and file. */
export const hostAs = (parts: {
  readonly policyDigest: string;
  readonly bundleSha256?: string | null;
  readonly artifactSha256?: string | null;
}): HostAsked => ({ bundleSha256: null, artifactSha256: null, ...parts }) as unknown as HostAsked;
export const receivedAs = (parts: object): ReceivedArtifact => parts as ReceivedArtifact;
export const governingAs = (parts: object): GoverningPolicy => parts as GoverningPolicy;
/** Nothing follows, where the test doesn’t say otherwise. */
export const inspectedAs = (parts: object): InspectedArtifact =>
  ({ follows: [], copies: [], ...parts }) as unknown as InspectedArtifact;
export const scannedAs = (parts: object): ScannedArtifact => parts as ScannedArtifact;
export const approvedAs = (parts: object): ApprovedRequest => parts as ApprovedRequest;
