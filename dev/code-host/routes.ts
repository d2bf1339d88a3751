/** What can be asked of the host. Reading only. */
import { Buffer } from 'node:buffer';
import type { CodeHostState, HostAccount, HostRepository } from './state.ts';
import { sha1 } from './wire.ts';
import type { CodeHostWire } from './wire.ts';

export interface Asked {
  readonly state: CodeHostState;
  readonly wire: CodeHostWire;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Whose token it is; null: the portal's own, or nobody's. */
  readonly account: number | null;
  readonly accept: string;
  /** How often this was asked before. */
  readonly looks: number;
}

export interface Answered {
  readonly status: number;
  readonly body?: unknown;
  readonly items?: readonly unknown[];
  readonly location?: string;
}

interface Route {
  readonly template: string;
  readonly run: (asked: Asked) => Answered;
}

const notFound: Answered = { status: 404, body: { message: 'Not Found' } };

/** A route about one public repository; a name that moved is answered as GitHub does. */
const about = (tail: string, run: (repository: HostRepository, asked: Asked) => Answered): Route => ({
  template: `/repos/{owner}/{repo}${tail}`,
  run(asked) {
    const fullName = `${asked.path['owner'] ?? ''}/${asked.path['repo'] ?? ''}`;
    const repository = asked.state.byName(fullName);
    if (repository !== null) return repository.private ? notFound : run(repository, asked);
    const moved = asked.state.moved.get(fullName.toLowerCase());
    if (moved === undefined || !asked.state.repositories.has(moved)) return notFound;
    return { status: 301, body: { message: 'Moved Permanently' }, location: `/repositories/${moved}${tail}` };
  },
});

const accountOf = ({ state }: Asked, id: number): HostAccount | undefined => state.accounts.get(id);

export const routes: readonly Route[] = [
  {
    template: '/user',
    run: (asked) => {
      const account = asked.account === null ? undefined : accountOf(asked, asked.account);
      return account === undefined
        ? { status: 401, body: { message: 'Requires authentication' } }
        : { status: 200, body: asked.wire.accountInFull(account) };
    },
  },
  {
    template: '/user/repos',
    run: (asked) => {
      const { account } = asked;
      if (account === null) return { status: 401, body: { message: 'Requires authentication' } };
      const mine = [...asked.state.repositories.values()].filter(
        (one) => one.permissions.has(account) && !one.private,
      );
      return { status: 200, items: mine.map((one) => asked.wire.repository(one, account)) };
    },
  },
  {
    template: '/user/{account_id}',
    run: (asked) => {
      const account = accountOf(asked, Number(asked.path['account_id']));
      return account === undefined ? notFound : { status: 200, body: asked.wire.accountInFull(account) };
    },
  },
  {
    template: '/users/{username}',
    run: (asked) => {
      const account = asked.state.byLogin(asked.path['username'] ?? '');
      return account === null ? notFound : { status: 200, body: asked.wire.accountInFull(account) };
    },
  },
  {
    template: '/repositories/{repository_id}',
    run: (asked) => {
      const repository = asked.state.repositories.get(Number(asked.path['repository_id']));
      return repository === undefined || repository.private
        ? notFound
        : { status: 200, body: asked.wire.repository(repository) };
    },
  },
  about('', (repository, { wire }) => ({ status: 200, body: wire.repository(repository) })),
  about('/license', (repository) => {
    const file = [...repository.files.keys()].find((path) => /^(?:LICENSE|COPYING)/.test(path));
    if (file === undefined || repository.licence === null) return notFound;
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
      return account === undefined ? [] : [{ ...asked.wire.account(account), contributions: commits }];
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
      const user = asked.wire.account(account);
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
  about('/rules/branches/{branch}', (repository) => ({ status: 200, items: repository.rules })),
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
];

function contents(repository: HostRepository, path: string): Answered {
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
  const inside = [...repository.files.keys()].filter((one) => one.startsWith(prefix));
  if (inside.length === 0) return notFound;
  const names = new Map(
    inside.map((one) => {
      const [name = '', ...rest] = one.slice(prefix.length).split('/');
      return [name, rest.length === 0 ? 'file' : 'dir'];
    }),
  );
  return {
    status: 200,
    body: Array.from(names, ([name, type]) => ({ name, type, path: `${prefix}${name}` })),
  };
}
