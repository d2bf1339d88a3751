/** Everything that decides about a signing request, gathered from one snapshot. */
import type { ElementLocations } from '../artifact/index.ts';
import type { PolicyLocation } from '../wire/finding/index.ts';
import type { BuildSystem, Foundation, Origin, Project, SigningPolicy } from '../generated/index.ts';
import type { ArtifactConfiguration } from '../generated/index.ts';
import type { AgeLimit, OriginPolicy } from '../origin/index.ts';
import type { Identity } from '../identity/index.ts';
import type { CommitSha, PersonHandle, PolicySlug, ProjectSlug, Sha256Hex } from '../ids/index.ts';
import type { DocumentPath } from './document.ts';

export interface Approver {
  readonly handle: PersonHandle;
  readonly name: string;
  readonly identities: readonly Identity[];
  /** OpenSSH public keys, one line each. */
  readonly keys: readonly string[];
}

export interface EffectivePolicy {
  readonly commit: CommitSha;
  readonly projectSlug: ProjectSlug;
  readonly policySlug: PolicySlug;
  readonly foundation: Foundation;
  readonly project: Project;
  readonly policy: SigningPolicy;
  /** Plain JSON. */
  readonly artifactConfiguration: ArtifactConfiguration;
  /** Where each element of the artifact configuration is written. Plain JSON. */
  readonly artifactLocations: ElementLocations;
  /** null: the policy names no origin; only purpose `test` may do so. */
  readonly origin: Origin | null;
  /** DER certificates by which signatures of upstream are verified; empty where the artifact configuration verifies none. */
  readonly upstreamRoots: readonly Uint8Array[];
  /** The build system that `origin` names; null exactly where `origin` is. */
  readonly buildSystem: BuildSystem | null;
  /** The requirements on builds: the lines of `origin`, with defaults for what they leave out; null where `origin` is. */
  readonly originPolicy: OriginPolicy | null;
  /** Maximum age of a build, and where it is set; null: any age, which only purpose `test` may allow. */
  readonly age: AgeLimit | null;
  readonly quorum: number;
  /** Whether the submitter's own approval counts. */
  readonly submitterMayApprove: boolean;
  readonly approvers: readonly Approver[];
  /** SHA-256 of the canonical JSON of everything that decides; equal digests decide equally. The commit isn't included. */
  readonly digest: Sha256Hex;
  /** Where a part of the signing policy is written. */
  locate(path: DocumentPath): PolicyLocation;
  /** Where a part of `origin` is written: in the policy, or in the foundation's floors; null: a default of this software. */
  locateOrigin(path: DocumentPath): PolicyLocation | null;
  /** Where a part of the project's file is written. */
  locateProject(path: DocumentPath): PolicyLocation;
  /** Where a part of the artifact configuration is written. */
  locateArtifact(path: DocumentPath): PolicyLocation;
}
