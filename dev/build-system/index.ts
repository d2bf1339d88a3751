/**
 * DEVELOPMENT ONLY: a substitute for GitHub Actions, GitLab CI/CD and Sigstore that really signs, with keys in a folder.
 */
export { openBuildSystem } from './build-system.ts';
export type { Attestation, BuildOptions, BuildSystem } from './build-system.ts';
export type { TrustedRootOptions } from './trusted-root.ts';
export { developmentIssuer, exampleRun } from './claims.ts';
export type { WorkflowRun } from './claims.ts';
export type { ExtensionChanges } from './extensions.ts';
export { exampleJob } from './gitlab.ts';
export type { PipelineJob } from './gitlab.ts';
export { otherStatement, otherStatements } from './other-statements.ts';
export type { OtherStatement } from './other-statements.ts';
export { provenanceV02 } from './provenance.ts';
export type { Subject } from './provenance.ts';
