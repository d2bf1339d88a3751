/** Every policy that was ever in force: which commits the signer accepted, and what each changed. Only accepted ones are shown. */
export { listAcceptedCommits, listProjectVersions } from './list.ts';
export type { PolicyVersion, VersionPage } from './list.ts';
export { readProjectVersion, readRepositoryVersion } from './read.ts';
export type { ProjectVersion, RepositoryVersion } from './read.ts';
export type { VersionChange, VersionState, VersionSummary } from './summary.ts';
export { workOutVersions } from './work-out.ts';
export { projectCommits } from './project-commits.ts';
