/** Each way of passing something off as a proof, for each proof; no-forged-proofs.test.ts wants the marked lines reported, and no other. */
import type { VerifiedApproval, VerifiedPolicyCommit } from '#core/approval/index.ts';
import type { TrustRoot, VerifiedOrigin } from '#core/origin/index.ts';
import type {
  CheckedRevocations,
  ReservedNumber,
} from '../../../signer/authorities/revocation/last-published.ts';
import type { TrustedTime } from '../../../signer/authorities/tsa/read-time.ts';
import type { FreshSerial } from '../../../signer/authorities/tsa/serial-numbers.ts';
import type {
  ApprovedRequest,
  GoverningPolicy,
  InspectedArtifact,
  ReceivedArtifact,
  ScannedArtifact,
} from '../../../signer/daemon/checks/index.ts';
import type { FileVersion } from '../../../signer/daemon/file-version/index.ts';
import type { Evidence } from '../../../signer/daemon/grant/index.ts';
import type { VerifiedFile } from '../../../signer/daemon/signing/index.ts';
import type { SigningGrant } from '../../../signer/keyholder/index.ts';
import type { NotRevoked } from '../../../signer/rulings/revocations/index.ts';

declare const claimed: unknown;
declare const looseObject: object;

export const everyProof = [
  claimed as VerifiedApproval, // refused
  claimed as VerifiedPolicyCommit, // refused
  claimed as TrustRoot, // refused
  claimed as VerifiedOrigin, // refused
  claimed as CheckedRevocations, // refused
  claimed as ReservedNumber, // refused
  claimed as TrustedTime, // refused
  claimed as FreshSerial, // refused
  claimed as ApprovedRequest, // refused
  claimed as GoverningPolicy, // refused
  claimed as InspectedArtifact, // refused
  claimed as ReceivedArtifact, // refused
  claimed as ScannedArtifact, // refused
  claimed as FileVersion, // refused
  claimed as VerifiedFile, // refused
  claimed as SigningGrant, // refused
  claimed as SigningGrant<'release'>, // refused
  claimed as NotRevoked, // refused
];

type Renamed = InspectedArtifact;
export const otherWays = [
  looseObject as InspectedArtifact, // refused
  { artifactSha256: '' } as unknown as InspectedArtifact, // refused
  claimed as Renamed, // refused
  claimed as InspectedArtifact | null, // refused
  claimed as readonly InspectedArtifact[], // refused
  claimed as Promise<InspectedArtifact>, // refused
  claimed as { readonly inside: { readonly inspected: InspectedArtifact } }, // refused
  claimed as Evidence, // refused
  claimed as () => InspectedArtifact, // refused
  claimed as { readonly file: string } & InspectedArtifact, // refused
];

export declare function saysSo(value: unknown): value is InspectedArtifact; // refused
export declare function swears(value: unknown): asserts value is NotRevoked; // refused
export const asAnything = (value: string): InspectedArtifact => value as never; // refused
const taken = (_: SigningGrant): void => undefined;
taken(claimed as never); // refused

const lie = <T>(value: unknown): T => value as T;
export const byArgument = lie<GoverningPolicy>({}); // refused

declare const version: FileVersion;
export const changed = Object.assign(version, { sha256: '' }); // refused
export const cloned = structuredClone(version); // refused

/** Anybody could extend it. */
export declare class Open {
  readonly #proof: true; // refused
}
