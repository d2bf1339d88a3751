/** A GitLab on loopback, for tests: one memory, answers held to what GitLab documents of them, and things go wrong on demand. */
export { hostedRunner, type Job, type Pipeline, type Project } from './api/state.ts';
export { tokenClaimsOf } from './token-claims.ts';
export { demoGitLabProject, demoJob, demoProjectOfApi } from './demo-project.ts';
export { exampleProject, startGitLabApi, type GitLabApiFake } from './start.ts';
