export { openPolicySource, type PolicySource } from './policy-source.ts';
export type { PolicySourceStatus } from './status.ts';
export { readAcceptedSnapshot } from './read-accepted.ts';
export { GitError } from './run-git.ts';
