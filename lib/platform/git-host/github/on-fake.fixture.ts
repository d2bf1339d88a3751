/** The real octokit client against the stateful fake over loopback; every answer checked by GitHub's description. */
import { afterEach, beforeEach, expect } from 'vitest';
import { startGitHub } from '../../../../dev/github/index.ts';
import type { GitHubFake } from '../../../../dev/github/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { openGitHub } from '../index.ts';
import type { GitHost, GitHostErrorCode, GitHubTiming, PullRequest } from '../index.ts';

export interface OnFake {
  fake: GitHubFake;
  host: GitHost;
  open(timing?: Partial<GitHubTiming>): GitHost;
  /** The head of main. */
  main(): Promise<CommitSha>;
  /** A pull request that changes one line, on a branch of its own. */
  propose(branch?: string): Promise<PullRequest>;
  /** Requests of this method and path so far. */
  asked(method: string, path: RegExp): number;
}

export const policyFile = 'projects/widget/policies/release-signing.yaml';
const fast: Partial<GitHubTiming> = { secondMilliseconds: 5, paced: false, timeoutMilliseconds: 60_000 };

export function onFake(): OnFake {
  const context = {
    open(timing: Partial<GitHubTiming> = {}) {
      const { url, facts, privateKey } = context.fake;
      return openGitHub({
        apiUrl: url,
        app: { appId: facts.appId, installationId: facts.installationId, privateKey },
        repository: { owner: facts.owner, name: facts.name, id: String(facts.repositoryId) },
        timing: { ...fast, ...timing },
      });
    },
    async main() {
      const head = await context.host.branchHead('main');
      if (head === null) throw new Error('the fake has no main');
      return head;
    },
    async propose(branch = 'change') {
      const changes = [{ path: policyFile, content: `quorum: 2 # ${branch}\n` }];
      await context.host.createBranch({
        branch,
        base: await context.main(),
        message: 'Ask for two',
        changes,
      });
      return context.host.openPullRequest({ branch, base: 'main', title: 'Two approvals', body: 'Because.' });
    },
    asked: (method: string, path: RegExp) =>
      context.fake.log.filter((each) => each.method === method && path.test(each.path)).length,
  } as OnFake;
  beforeEach(async () => {
    context.fake = await startGitHub({
      files: {
        'foundation.yaml': 'name: Example\n',
        [policyFile]: 'quorum: 1\n',
      },
    });
    context.host = context.open();
  });
  afterEach(async () => {
    await context.fake.stop();
    expect(context.fake.misfits).toEqual([]);
  });
  return context;
}

/** The error that an awaited call must reject with. */
export const refused = (code: GitHostErrorCode): unknown =>
  expect.objectContaining({ name: 'GitHostError', code });

export const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);
