// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

export type { ArtifactConfiguration, Parameter, RootElement, RootContainer, RootZip, RootPe, RootMsi, RootAuthenticodePackage, RootAuthenticodeFile, RootNuget, RootJar, RootPackage, RootXml, RootOffice, RootOci, RootFile, Element, ContainerElement, ZipElement, PeElement, MsiElement, AuthenticodePackageElement, AuthenticodeFileElement, NugetElement, JarElement, PackageElement, XmlElement, OfficeElement, OciElement, FileElement, DirectoryElement, SetElement, Include, SetBody, SetDirectory, Matches, PeMetadata, MsiMetadata, NugetMetadata, JarMetadata, XmlMetadata, IncludeMetadata, Upstream, UpstreamSigner, UpstreamOpenPgpKey, Opaque, AuthenticodeSign, JarSign, NugetSign, PackageSign, XmlSign, OfficeSign, OciSign, ClickOnceSign, Follows, FileSign, DetachedSign } from './artifact-configuration.ts';
export type { Foundation, Admission, AdmissionProgram, EligibilityQuestion, Obligation, OtherTrack, Criterion, Subject, PolicyFreshness, Floors, PolicyFloor } from './foundation.ts';
export type { Person, Identities, ApprovalKey } from './person.ts';
export type { Project, Repository, Team, Privacy, SystemChanges } from './project.ts';
export type { Revocation } from './revocation.ts';
export type { SigningPolicy, Origin, GitHubOrigin, GitLabOrigin, OriginRepository, Refs, Approval, RunnerGroups, Runners, Builder, Rulesets, RulesetRules, PullRequestRule, CodeScanningRule, ProtectedBranch, ProtectedTag, Publish, Submitters, Notifications } from './signing-policy.ts';
export type { TrustRoot, AccountHosts, PolicyMaintainers, BuildSystem, TufRepository, UpstreamRoot } from './trust-root.ts';
export { schemas } from './schemas.ts';
export type { Kind } from './schemas.ts';
