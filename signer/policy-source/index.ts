export { openPolicySource, type PolicySource, type PolicySourceStatus } from './policy-source.ts';
export { GitError } from './git.ts';
