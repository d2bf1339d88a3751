export { answered, isRateLimit } from './answered.ts';
export { boundedFetch, createGitHubClient, defaultTiming } from './client.ts';
export { retryAtOf } from './retry-at.ts';
export type { GitHubTiming } from './client.ts';
