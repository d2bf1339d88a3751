export { openPolicySource, type PolicySource } from './policy-source.ts';
export type { PolicySourceStatus } from './report-sync.ts';
export { readAcceptedSnapshot } from './read-accepted.ts';
export { GitError } from './git.ts';
