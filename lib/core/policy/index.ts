/** The policy repository: YAML files → documents → snapshot → what decides about one request. Pure. */
export { ableMaintainers } from './able-maintainers.ts';
export { checkGuards, removalWindowDays } from './check-guards.ts';
export { describePolicy } from './describe-policy.ts';
export type { PolicyDescription, PolicySection } from './describe-policy.ts';
export { diagnosticsMax, formatDiagnostic } from './diagnostic.ts';
export type { Diagnostic } from './diagnostic.ts';
export type {
  AnyPolicyDocument,
  ArtifactConfigurationDocument,
  DocumentPath,
  FoundationDocument,
  PersonDocument,
  PolicyDocument,
  ProjectDocument,
  RevocationDocument,
  SigningPolicyDocument,
  TrustRootDocument,
} from './document.ts';
export type { Approver, EffectivePolicy } from './effective-policy.ts';
export { effectivePolicy, elementLocations } from './find-effective-policy.ts';
export { leastQuorum, notEnforced, notEnforcedFix, originAskedFor, policyFields } from './fields/index.ts';
export type { NotEnforced, PolicyField } from './fields/index.ts';
export { formatPolicyFile } from './format-policy-file.ts';
export type { FormattedFile } from './format-policy-file.ts';
export { alarmDaysDefault, freshnessLimits } from './freshness.ts';
export { renewalNoticeDaysDefault } from './renewal.ts';
export type { FreshnessLimits } from './freshness.ts';
export {
  loadPart,
  loadAccepted,
  loadSnapshot,
  loadSnapshotInSteps,
  snapshotFilesMax,
  snapshotSizeBytesMax,
} from './load-snapshot.ts';
export type { LoadingSteps, SnapshotResult } from './load-snapshot.ts';
export { loadedFrom } from './load-changed.ts';
export { findByIdentity, identitiesOf, hostOfAddress, serverOfAccounts } from './identities.ts';
export { hostAddressOf, sameRepository } from './same-repository.ts';
export { ownKeyFields, ownKeyUses, type OwnKeyUse } from './own-keys.ts';
export { isPlaceholderKey } from './placeholder-keys.ts';
export { parsePolicyFile } from './parse-policy-file.ts';
export type { ParsedFile } from './parse-policy-file.ts';
export { PolicyError } from './policy-error.ts';
export type { PolicyErrorCode } from './policy-error.ts';
export { readYaml } from './read-yaml.ts';
export { findRecipients, isRecipientRole, noticeOccasions, recipientsOf } from './recipients.ts';
export type { NoticeOccasion } from './recipients.ts';
export { parseRepositoryPath } from './repository-path.ts';
export type { PathResult, RepositoryPath } from './repository-path.ts';
export type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';
export { fileSizeBytesMax } from './source-text.ts';
export { withApprovalKeys } from './with-approval-keys.ts';
export { faultsOfPolicy, withFiles } from './with-files.ts';
