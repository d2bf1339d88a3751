export { createGitHubClient, defaultTiming } from './client.ts';
export type { GitHubTiming } from './client.ts';
