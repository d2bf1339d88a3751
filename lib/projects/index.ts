export { createApiToken } from './create-api-token.ts';
export { ProjectsError } from './error.ts';
export { describePolicies } from './policies.ts';
export type { DescribedPolicy } from './policies.ts';
export { readPolicySource } from './policy-source.ts';
export type { PolicySource } from './policy-source.ts';
export { listProjects, readProject } from './read.ts';
export type { ProjectDetail } from './read.ts';
