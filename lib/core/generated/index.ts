// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

export type { ArtifactConfiguration, RootElement, RootContainer, RootPe, RootFile, Element, ContainerElement, PeElement, FileElement, Matches, AuthenticodeSign } from './artifact-configuration.ts';
export type { Foundation, Subject, Floors, PolicyFloor } from './foundation.ts';
export type { Person, ApprovalKey } from './person.ts';
export type { Project, Repository, Team, Privacy, SystemChanges } from './project.ts';
export type { SigningPolicy, Origin, OriginRepository, Refs, Approval, RunnerGroups, Builder, Rulesets, RulesetRules, PullRequestRule, CodeScanningRule, Submitters, Notifications } from './signing-policy.ts';
export type { TrustRoot, PolicyMaintainers, BuildSystem } from './trust-root.ts';
export { schemas } from './schemas.ts';
export type { Kind } from './schemas.ts';
