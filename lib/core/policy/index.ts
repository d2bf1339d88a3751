/** The policy repository: YAML files → documents → snapshot → what decides about one request. Pure. */
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
  SigningPolicyDocument,
  TrustRootDocument,
} from './document.ts';
export type { Approver, EffectivePolicy } from './effective-policy.ts';
export type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';
