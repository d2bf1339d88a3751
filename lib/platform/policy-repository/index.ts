export { PolicyRepositoryError } from './git.ts';
export { openPolicyRepository } from './open.ts';
export type { PolicyFiles, PolicyRepository } from './open.ts';
