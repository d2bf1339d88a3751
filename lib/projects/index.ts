/** Projects of the policy in force: found, read, described, published. */
export { describePolicies } from './policies.ts';
export type { DescribedPolicy } from './policies.ts';
export { readPolicySource } from './policy-source.ts';
export type { PolicySource } from './policy-source.ts';
export { listProjects, readProject } from './read.ts';
export type { ProjectDetail } from './read.ts';
export { directoryQuerySchema, directoryWordsMax, findProjects } from './find.ts';
export type { Directory, DirectoryEntry, DirectoryQuery } from './find.ts';
export { pending, standingsOf } from './standing.ts';
export type { ProjectStanding, Standing } from './standing.ts';
export { publishProject } from './publish.ts';
