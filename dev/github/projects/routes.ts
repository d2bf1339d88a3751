/** What anybody can ask about projects, and what their people write. */
import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { sha1 } from '../objects.ts';
import { found, notFound, Refusal } from '../route.ts';
import type { Answer, Call, Route } from '../route.ts';
import type { HostAccount, HostRepository } from './state.ts';

/** A route about one public repository; a name that moved is answered as GitHub does. */
const about = (tail: string, run: (repository: HostRepository, asked: Call) => Answer): Route => ({
  method: 'GET',
  template: `/repos/{owner}/{repo}${tail}`,
  run(asked) {
    const fullName = `${asked.path['owner'] ?? ''}/${asked.path['repo'] ?? ''}`;
    const repository = asked.state.byName(fullName);
    if (repository !== null) return run(publicOnly(repository), asked);
    const moved = asked.state.moved.get(fullName.toLowerCase());
    if (moved === undefined || !asked.state.repositories.has(moved)) throw notFound();
    return { status: 301, body: { message: 'Moved Permanently' }, location: `/repositories/${moved}${tail}` };
  },
});

const accountOf = ({ state }: Call, id: number): HostAccount | undefined => state.accounts.get(id);

function publicOnly(repository: HostRepository | null | undefined): HostRepository {
  const known = found(repository);
  if (known.private) throw notFound();
  return known;
}

/** Who is signed in. */
function signedIn(asked: Call): HostAccount {
  const account = asked.account === null ? undefined : accountOf(asked, asked.account);
  if (account === undefined) throw new Refusal(401, 'Requires authentication');
  return account;
}

export const projectRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: '/user',
    run: (asked) => ({ status: 200, body: asked.projects.accountInFull(signedIn(asked)) }),
  },
  {
    method: 'GET',
    template: '/user/repos',
    run: (asked) => {
      const { account } = asked;
      if (account === null) throw new Refusal(401, 'Requires authentication');
      const mine = [...asked.state.repositories.values()].filter(
        (repository) => repository.permissions.has(account) && !repository.private,
      );
      return { status: 200, items: mine.map((repository) => asked.projects.repository(repository, account)) };
    },
  },
  {
    method: 'GET',
    template: '/user/{account_id}',
    run: (asked) => {
      const account = found(accountOf(asked, Number(asked.path['account_id'])));
      return { status: 200, body: asked.projects.accountInFull(account) };
    },
  },
  {
    method: 'GET',
    template: '/users/{username}',
    run: (asked) => {
      const account = found(asked.state.byLogin(asked.path['username'] ?? ''));
      return { status: 200, body: asked.projects.accountInFull(account) };
    },
  },
  {
    method: 'GET',
    template: '/repositories/{repository_id}',
    run: (asked) => {
      const repository = publicOnly(asked.state.repositories.get(Number(asked.path['repository_id'])));
      return { status: 200, body: asked.projects.repository(repository) };
    },
  },
  about('', (repository, { projects }) => ({ status: 200, body: projects.repository(repository) })),
  about('/license', (repository) => {
    const file = [...repository.files.keys()].find((path) => /^(?:LICENSE|COPYING)/.test(path));
    if (file === undefined || repository.licence === null) throw notFound();
    return { status: 200, body: { name: file, path: file, license: { spdx_id: repository.licence } } };
  }),
  about('/contents/{*path}', (repository, { path }) => contents(repository, path['path'] ?? '')),
  about('/git/trees/{tree_sha}', (repository) => ({
    status: 200,
    body: {
      sha: sha1(String(repository.id)),
      tree: Array.from(repository.files, ([path, text]) => ({
        path,
        mode: '100644',
        type: 'blob',
        size: text.length,
        sha: sha1(text),
      })),
      truncated: false,
    },
  })),
  about('/releases', (repository) => ({
    status: 200,
    items: repository.releases.map((release, index) => ({
      id: index + 1,
      tag_name: release.tag,
      name: release.tag,
      draft: false,
      prerelease: release.prerelease,
      published_at: release.publishedAt,
      created_at: release.publishedAt,
      assets: release.assets.map((asset) => ({
        name: asset.name,
        size: 4_000_000,
        download_count: asset.downloads,
      })),
    })),
  })),
  about('/contributors', (repository, asked) => ({
    status: 200,
    items: repository.contributors.flatMap(({ accountId, commits }) => {
      const account = accountOf(asked, accountId);
      return account === undefined ? [] : [{ ...asked.projects.account(account), contributions: commits }];
    }),
  })),
  // Worked out when first asked for, as on GitHub.
  about('/stats/commit_activity', (repository, { looks }) =>
    looks === 0
      ? { status: 202, body: {} }
      : {
          status: 200,
          body: repository.weeks.map((week) => ({
            week: Math.floor(Date.parse(week.day) / 1000),
            total: week.commits,
            days: [0, week.commits, 0, 0, 0, 0, 0],
          })),
        },
  ),
  about('/stargazers', (repository, asked) => ({
    status: 200,
    items: repository.stars.flatMap(({ accountId, at }) => {
      const account = accountOf(asked, accountId);
      if (account === undefined) return [];
      const user = asked.projects.account(account);
      return [asked.accept.includes('star+json') ? { starred_at: at, user } : user];
    }),
  })),
  about('/community/profile', (repository) => {
    const has = (name: string) => (repository.files.has(name) ? { html_url: name } : null);
    return {
      status: 200,
      body: {
        health_percentage: 80,
        description: repository.description,
        files: {
          readme: has('README.md'),
          contributing: has('CONTRIBUTING.md'),
          code_of_conduct: has('CODE_OF_CONDUCT.md'),
          license: has('LICENSE'),
        },
      },
    };
  }),
  about('/rules/branches/{branch}', (repository) => ({
    status: 200,
    items: repository.rules.map(ruleResource),
  })),
  about('/issues', (repository, { query }) => ({
    status: 200,
    items: repository.issues
      .filter(
        (issue) =>
          query.get('state') === 'all' || (issue.closedAt === null) === (query.get('state') !== 'closed'),
      )
      .map((issue) => ({
        id: issue.number,
        number: issue.number,
        title: `Issue ${issue.number}`,
        state: issue.closedAt === null ? 'open' : 'closed',
        comments: 2,
        created_at: issue.createdAt,
        closed_at: issue.closedAt,
      })),
  })),
  {
    method: 'PUT',
    template: '/repos/{owner}/{repo}/contents/{*path}',
    run: writeFile,
  },
];

/** Of rules that have parameters, GitHub says each. */
const parametersOf: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  pull_request: {
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_approving_review_count: 0,
    required_review_thread_resolution: false,
  },
  required_status_checks: {
    required_status_checks: [{ context: 'build' }],
    strict_required_status_checks_policy: false,
  },
};

const ruleResource = ({ type, parameters }: HostRepository['rules'][number]) => {
  const all = parametersOf[type];
  return {
    type,
    ruleset_source_type: 'Repository',
    ruleset_source: 'example/example',
    ruleset_id: 42,
    ...(all === undefined ? {} : { parameters: { ...all, ...parameters } }),
  };
};

const written = z.object({ message: z.string().min(1), content: z.base64() });

/**
 * What a person does on the host itself: commits a file to the default branch. Only for who may write there; to everybody else there is
 * no such address, as on GitHub.
 */
function writeFile({ state, path: at, account, body }: Call): Answer {
  const repository = found(state.byName(`${at['owner'] ?? ''}/${at['repo'] ?? ''}`));
  if (account === null || !repository.permissions.has(account)) throw notFound();
  const path = at['path'] ?? '';
  const text = Buffer.from(body(written).content, 'base64').toString('utf8');
  const isNew = !repository.files.has(path);
  repository.files.set(path, text);
  return {
    status: isNew ? 201 : 200,
    body: { content: { path, sha: sha1(text) }, commit: { sha: sha1(`${path}\0${text}`) } },
  };
}

function contents(repository: HostRepository, path: string): Answer {
  const text = repository.files.get(path);
  if (text !== undefined) {
    return {
      status: 200,
      body: {
        type: 'file',
        encoding: 'base64',
        size: text.length,
        name: path.split('/').at(-1),
        path,
        sha: sha1(text),
        content: Buffer.from(text).toString('base64'),
      },
    };
  }
  const prefix = path === '' ? '' : `${path}/`;
  const inside = [...repository.files.keys()].filter((key) => key.startsWith(prefix));
  if (inside.length === 0) throw notFound();
  const names = new Map(
    inside.map((key) => {
      const [name = '', ...rest] = key.slice(prefix.length).split('/');
      return [name, rest.length === 0 ? 'file' : 'dir'];
    }),
  );
  return {
    status: 200,
    body: Array.from(names, ([name, type]) => ({ name, type, path: `${prefix}${name}` })),
  };
}
