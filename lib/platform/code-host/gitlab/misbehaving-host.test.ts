import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isError } from '#core/error/index.ts';
import { CodeHostError } from '../index.ts';
import { parseAddress } from './address.ts';
import { openGitLabAt } from './open-gitlab.fixture.ts';

const place = { owner: 'example/tools', name: 'widget' };
const project = {
  id: 1,
  path_with_namespace: 'example/tools/widget',
  namespace: { id: 2, kind: 'group', full_path: 'example/tools' },
  visibility: 'public',
  archived: false,
  default_branch: 'main',
  created_at: '2026-01-01T00:00:00Z',
  star_count: 3,
};
let servers: Server[] = [];
const tokens: (string | undefined)[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

async function hostThat(answers: RequestListener) {
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    answers(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return openGitLabAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'glpat-secret');
}

const saying =
  (
    status: number,
    type: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': type, ...headers }).end(body);
  };
const json = (value: unknown): RequestListener => saying(200, 'application/json', JSON.stringify(value));

describe('a GitLab with arbitrary answers', () => {
  it.each<readonly [what: string, answers: RequestListener]>([
    ['a page', saying(200, 'text/html', '<!doctype html><title>Sign in</title>')],
    ['nothing', saying(200, 'application/json', '')],
    ['204', saying(204, 'application/json', '')],
    ['half', saying(200, 'application/json', JSON.stringify(project).slice(0, 40))],
    ['null', json(null)],
    ['a list', json([project])],
    [
      'what it says to nobody in particular',
      json({ ...project, visibility: undefined, archived: undefined }),
    ],
    ['an id that isn’t one', json({ ...project, id: '1' })],
    ['a path that isn’t one', json({ ...project, path_with_namespace: '../../etc' })],
    ['a time that isn’t one', json({ ...project, created_at: 'yesterday' })],
    ['more than anybody reads', saying(200, 'application/json', `"${'x'.repeat(9 * 1024 * 1024)}"`)],
    ['500', saying(500, 'text/html', 'oops')],
    ['502 of a proxy', saying(502, 'text/html', '<title>GitLab is not responding</title>')],
    [
      'a redirect without end',
      (request, response) => void response.writeHead(301, { location: request.url }).end(),
    ],
    ['a redirect to another host', saying(302, 'text/plain', '', { location: 'http://localhost:1/' })],
    [
      'a redirect to the sign-in of another host',
      saying(302, 'text/plain', '', { location: 'https://evil.example/' }),
    ],
    ['a connection that ends', (_request, response) => void response.destroy()],
    ['no answer', () => undefined],
    [
      'a body that never ends',
      (_request, response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":'),
    ],
  ])('is reported as unavailable: %s', async (_, answers) => {
    const host = await hostThat(answers);
    for (const ask of [() => host.repository(place), () => host.repositoryById('1')]) {
      const error: unknown = await ask().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(isError(error, CodeHostError), String(error)).toBe(true);
      expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    }
  });

  it.each<readonly [what: string, answers: RequestListener]>([
    ['a page', saying(200, 'text/html', '<!doctype html><title>Welcome</title>')],
    ['null', json(null)],
    ['a number', json(7)],
    ['a list of numbers', json([7])],
    ['an object of another kind', json({ message: 'hello' })],
    ['a list without end', json(Array.from({ length: 2_000 }, () => ({ name: 'x', commits: 1 })))],
    [
      'pages without end',
      (request, response) => {
        const link = `<http://127.0.0.1${request.url ?? '/'}>; rel="next"`;
        saying(200, 'application/json', '[{"path":7}]', { link })(request, response);
      },
    ],
    ['500', saying(500, 'text/html', 'oops')],
  ])('is reported as unreadable when asked about a project: %s', async (_, answers) => {
    const { questions, starAccounts } = await hostThat(answers);
    const at = { ...place, branch: 'main', stars: 1_000 };
    for (const [name, question] of Object.entries(questions)) {
      const answer = await question.ask(at, null).catch((error: unknown) => {
        expect(error, name).toMatchObject({ name: 'CodeHostError', code: 'UNAVAILABLE' });
        return null;
      });
      expect(answer?.value ?? null, name).toBeNull();
      expect(answer === null || answer.raw !== undefined, name).toBe(true);
    }
    const sampled: unknown = await starAccounts.ask('7').catch(() => null);
    expect(starAccounts.read([sampled])).toBeNull();
  });

  it.each([
    [403, 'FORBIDDEN'],
    [401, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [410, 'NOT_FOUND'],
    [429, 'RATE_LIMITED'],
    [503, 'UNAVAILABLE'],
  ] as const)('means by %i %s', async (status, code) => {
    const host = await hostThat(saying(status, 'application/json', '{"message":"no"}'));
    await expect(host.repository(place)).rejects.toMatchObject({ code });
  });

  it.each<readonly [headers: Record<string, string>, seconds: number]>([
    [{ 'retry-after': '30' }, 30],
    [{ 'retry-after': '1e20' }, 24 * 3600],
    [
      { 'ratelimit-remaining': '0', 'ratelimit-reset': String(Date.parse('2026-11-28T12:00:40Z') / 1000) },
      40,
    ],
    [{}, 60],
  ])('is waited for at most a bounded time: %o', async (headers, seconds) => {
    const host = await hostThat(saying(429, 'text/plain', 'Retry later\n', headers));
    const retryAt = new Date(Date.parse('2026-11-28T12:00:00Z') + seconds * 1000);
    await expect(host.repository(place)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAt });
  });

  it('is refused if it answers about another project, or another account, than the requested one', async () => {
    const host = await hostThat(json(project));
    const repository = await host.repositoryById('1');
    await expect(host.repositoryById('77')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const others = await hostThat(json({ id: 8, state: 'active', access_level: 50 }));
    const asked = others.permissionOn(repository, { accountId: '7', userToken: null });
    await expect(asked).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const another = await hostThat(json([{ id: 8, username: 'eve' }]));
    await expect(another.account('nora')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const confused = await hostThat((request, response) => {
      const isSearch = request.url?.includes('?username=') === true;
      json(isSearch ? [{ id: 7, username: 'nora' }] : { id: 8, bot: false })(request, response);
    });
    await expect(confused.account('nora')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('offers nobody the projects of others, if it answers with those', async () => {
    const ofUser = { ...project, namespace: { ...project.namespace, kind: 'user' } };
    const host = await hostThat(
      json([project, { ...ofUser, owner: { id: 8 } }, { ...ofUser, owner: { id: 7 } }]),
    );
    const offered = await host.maintainedBy({ accountId: '7', userToken: null });
    expect(offered.map(({ repository }) => repository.ownerAccountId)).toEqual(['7']);
  });

  it('leads to its next page by the query alone: the portal’s token goes to no other address', async () => {
    const paths: string[] = [];
    const host = await hostThat((request, response) => {
      paths.push(request.url ?? '');
      const link = '<https://evil.example/steal?page=2>; rel="next"';
      saying(200, 'application/json', '[]', paths.length === 1 ? { link } : {})(request, response);
    });
    await host.questions.tree.ask({ ...place, branch: 'main', stars: 0 }, null);
    expect(paths.map((path) => path.split('?')[0])).toEqual(
      Array(2).fill('/api/v4/projects/example%2Ftools%2Fwidget/repository/tree'),
    );
    expect(paths[1]).toMatch(/\?page=2$/);
    expect(new Set(tokens)).toEqual(new Set(['Bearer glpat-secret']));
  });
});

describe('the address of a project', () => {
  it.each([
    ['https://gitlab.com/nora/shelf', 'https://gitlab.com', 'nora', 'shelf'],
    [' https://gitlab.com/a/b/c/shelf.git/ ', 'https://gitlab.com', 'a/b/c', 'shelf'],
    ['https://gitlab.com/sam.stranger/a_b', 'https://gitlab.com', 'sam.stranger', 'a_b'],
    ['https://git.example/gitlab/nora/shelf', 'https://git.example/gitlab', 'nora', 'shelf'],
  ])('is read: %s', (address, server, owner, name) => {
    expect(parseAddress(address, server)).toEqual({ owner, name });
  });

  it.each([
    ...['https://gitlab.com/nora', 'https://gitlab.com/nora/shelf/-/tree/main', 'https://gitlab.com/nora/..'],
    ...['https://evil.example/nora/shelf', 'https://nora@gitlab.com/nora/shelf', 'gitlab.com/nora/shelf', ''],
    ...[
      'https://gitlab.com/nora/shelf?x=1',
      'https://gitlab.com//shelf',
      `https://gitlab.com/${'a/'.repeat(22)}b`,
    ],
  ])('is none: %s', (address) => {
    expect(parseAddress(address, 'https://gitlab.com')).toBeNull();
    expect(parseAddress(address, 'https://git.example/gitlab')).toBeNull();
  });
});
