export { createGitHubClient, usualTiming } from './client.ts';
export type { GitHubTiming } from './client.ts';
