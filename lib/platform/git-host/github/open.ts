/** The Git host on GitHub, as a GitHub App's installation. */
import { GitHostError } from '../error.ts';
import type { GitHost } from '../git-host.ts';
import { createAsk } from './ask.ts';
import type { Ask } from './ask.ts';
import { createBranches } from './branches.ts';
import { createChecks } from './checks.ts';
import { defaultTiming } from '../../github-client/index.ts';
import type { GitHubTiming } from '../../github-client/index.ts';
import { createClient } from './client.ts';
import type { GitHubApp } from './client.ts';
import { createComments } from './comments.ts';
import { createContents } from './contents.ts';
import { createCoSignatures } from './co-signatures.ts';
import { createMerging } from './merging.ts';
import { createPullRequests } from './pull-requests.ts';
import { repository } from './wire.ts';

export interface GitHubRepository {
  readonly owner: string;
  readonly name: string;
  /** Numeric id. The name may later belong to somebody else's repository. */
  readonly id: string;
}

/** No request is made yet; the first call checks that the name still belongs to the repository with this id. */
export function openGitHub(input: {
  readonly apiUrl?: string;
  readonly app: GitHubApp;
  readonly repository: GitHubRepository;
  readonly timing?: Partial<GitHubTiming>;
}): GitHost {
  const timing: GitHubTiming = { ...defaultTiming, ...input.timing };
  const apiUrl = input.apiUrl ?? 'https://api.github.com';
  const octokit = createClient({ apiUrl, app: input.app, timing });
  const { owner, name } = input.repository;
  const ask = checked(
    createAsk({ octokit, repository: { owner, repo: name }, now: timing.now }),
    input.repository,
  );
  const branches = createBranches(ask);
  const contents = createContents(ask);
  return {
    ...branches,
    ...contents,
    ...createPullRequests(ask, owner),
    ...createComments(ask, input.app.appId),
    ...createChecks(ask, input.app.appId),
    ...createCoSignatures(ask, contents),
    ...createMerging(ask, { ...branches, ...contents }, timing.secondMilliseconds),
  };
}

/** Every call waits for one check of the repository's numeric id; a failed check is repeated. */
function checked(ask: Ask, expected: GitHubRepository): Ask {
  let looking: Promise<void> | null = null;
  const checkRepository = async (): Promise<void> => {
    const found = await ask.read('GET /repos/{owner}/{repo}', {}, repository);
    if (found.id === expected.id) return;
    const message = `${expected.owner}/${expected.name} is the repository ${found.id}, not ${expected.id}`;
    throw new GitHostError('WRONG_REPOSITORY', message);
  };
  const first = (): Promise<void> => {
    looking ??= checkRepository().catch((error: unknown) => {
      looking = null;
      throw error;
    });
    return looking;
  };
  return {
    read: (...asked) => first().then(() => ask.read(...asked)),
    list: (...asked) => first().then(() => ask.list(...asked)),
    write: (...asked) => first().then(() => ask.write(...asked)),
  };
}
