/** octokit as a GitHub App's installation. */
import { createAppAuth } from '@octokit/auth-app';
import type { Octokit } from '@octokit/rest';
import { createGitHubClient } from '../../github-client/index.ts';
import type { GitHubTiming } from '../../github-client/index.ts';

export interface GitHubApp {
  readonly appId: number;
  readonly installationId: number;
  /** PEM, PKCS#1 or PKCS#8. */
  readonly privateKey: string;
}

/** `apiUrl`: https://api.github.com, or https://HOST/api/v3 of an Enterprise Server. */
export function createClient(input: {
  readonly apiUrl: string;
  readonly app: GitHubApp;
  readonly timing: GitHubTiming;
}): Octokit {
  const { apiUrl, app, timing } = input;
  return createGitHubClient({
    apiUrl,
    timing,
    signIn: { authStrategy: createAppAuth, auth: { ...app } },
    limitsOf: String(app.installationId),
  });
}
