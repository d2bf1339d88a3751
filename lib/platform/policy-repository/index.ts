export { PolicyRepositoryError } from './git.ts';
export type { CommitRecord } from './history.ts';
export { loadInTurns } from './load-in-turns.ts';
export { openPolicyRepository } from './open.ts';
export type { PolicyFiles, PolicyRepository, ProposedFiles } from './open.ts';
export type { ChangedFile, ChangedFiles } from './walk-tree.ts';
