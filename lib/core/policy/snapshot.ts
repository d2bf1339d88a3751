/** The whole policy repository at one commit, checked as a whole. */
import type { CertificateSerial, CommitSha, PersonHandle, PolicySlug, ProjectSlug } from '../ids/index.ts';
import type { Diagnostic } from './diagnostic.ts';
import type {
  ArtifactConfigurationDocument,
  FoundationDocument,
  PersonDocument,
  ProjectDocument,
  RevocationDocument,
  SigningPolicyDocument,
  TrustRootDocument,
} from './document.ts';

export interface ProjectSnapshot {
  readonly slug: ProjectSlug;
  readonly project: ProjectDocument;
  readonly policies: ReadonlyMap<PolicySlug, SigningPolicyDocument>;
  readonly artifacts: ReadonlyMap<PolicySlug, ArtifactConfigurationDocument>;
}

export interface PolicySnapshot {
  readonly commit: CommitSha;
  readonly foundation: FoundationDocument;
  readonly trustRoot: TrustRootDocument;
  readonly people: ReadonlyMap<PersonHandle, PersonDocument>;
  readonly projects: ReadonlyMap<ProjectSlug, ProjectSnapshot>;
  /**
   * Projects whose files break a rule, in a commit that was accepted before this version had that rule: nothing is signed for them
   * until they are mended. Empty for every other commit, which breaks none.
   */
  readonly refused: ReadonlyMap<ProjectSlug, readonly Diagnostic[]>;
  /** By serial number. */
  readonly revocations: ReadonlyMap<CertificateSerial, RevocationDocument>;
}
