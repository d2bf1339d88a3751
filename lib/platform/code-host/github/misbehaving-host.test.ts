import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isError } from '#core/error/index.ts';
import { CodeHostError, openCodeHosts } from '../index.ts';

const place = { owner: 'nora', name: 'shelf' };
const repository = {
  id: 1,
  name: 'shelf',
  owner: { id: 2, login: 'nora' },
  private: false,
  default_branch: 'main',
  fork: false,
  archived: false,
  created_at: '2026-01-01T00:00:00Z',
};
let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

async function hostThat(answers: RequestListener) {
  const server = createServer(answers);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return openCodeHosts({
    config: { codeHost: { apiUrl: `http://127.0.0.1:${port}` } },
    now: () => new Date('2026-11-28T12:00:00Z'),
    timing: { timeoutMilliseconds: 1_000, retries: 0, secondMilliseconds: 1, limitWaitSecondsMax: 0 },
  }).named.github;
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

describe('a code host with arbitrary answers', () => {
  it.each<readonly [what: string, answers: RequestListener]>([
    ['a page', saying(200, 'text/html', '<!doctype html><title>Welcome</title>')],
    ['a page that says it is JSON', saying(200, 'application/json', '<!doctype html>')],
    ['nothing', saying(200, 'application/json', '')],
    ['204', saying(204, 'application/json', '')],
    ['bytes', saying(200, 'application/octet-stream', Buffer.from([0, 255, 254]))],
    ['null', json(null)],
    ['a list', json([repository])],
    ['a number', json(7)],
    ['a repository without an owner', json({ ...repository, owner: null })],
    ['a repository with an id that isn’t one', json({ ...repository, id: '1' })],
    ['a name that isn’t one', json({ ...repository, name: '../../etc' })],
    ['a time that isn’t one', json({ ...repository, created_at: 'yesterday' })],
    ['more than anybody reads', saying(200, 'application/json', `"${'x'.repeat(9 * 1024 * 1024)}"`)],
    ['500', saying(500, 'text/html', 'oops')],
    ['418', saying(418, 'text/plain', 'tea')],
    [
      'a redirect without end',
      (request, response) => {
        response.writeHead(301, { location: request.url ?? '/' }).end();
      },
    ],
    ['a redirect to nowhere', saying(301, 'text/plain', '', { location: 'http://127.0.0.1:1/' })],
    ['a redirect to what is no address', saying(301, 'text/plain', '', { location: 'http://[' })],
    [
      'a redirect to another host',
      (request, response) => {
        // The same server by another name.
        const { port } = request.socket.address() as AddressInfo;
        if (request.headers.host?.startsWith('localhost') === true) json(repository)(request, response);
        else response.writeHead(302, { location: `http://localhost:${port}/` }).end();
      },
    ],
    ['a connection that ends', (_request, response) => void response.destroy()],
    ['no answer', () => undefined],
    [
      'a body that never ends',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
      },
    ],
  ])('is reported as unavailable: %s', async (_, answers) => {
    const host = await hostThat(answers);
    const asked = [
      () => host.repository(place),
      () => host.repositoryById('1'),
      () => host.maintainedBy({ accountId: '7', userToken: 'token' }),
    ];
    for (const ask of asked) {
      const error: unknown = await ask().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      // A list of repositories is what one of them asks for.
      if (error === null && ask === asked[2]) continue;
      expect(isError(error, CodeHostError), String(error)).toBe(true);
      expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    }
  });

  it.each<readonly [what: string, answers: RequestListener]>([
    ['a page', saying(200, 'text/html', '<!doctype html><title>Welcome</title>')],
    ['nothing', saying(200, 'application/json', '')],
    ['null', json(null)],
    ['a number', json(7)],
    ['a list of numbers', json([7])],
    ['an object of another kind', json({ message: 'hello' })],
    ['a list without end', json(Array.from({ length: 2_000 }, () => ({ contributions: 1 })))],
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

  it.each<readonly [headers: Record<string, string>, seconds: number]>([
    [{ 'retry-after': '30' }, 30],
    [{ 'retry-after': '1e20' }, 24 * 3600],
    [{ 'retry-after': '-5' }, 60],
    [{ 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' }, 60],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1e300' }, 24 * 3600],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' }, 0],
    [{}, 60],
  ])('is waited for at most a bounded time: %o', async (headers, seconds) => {
    const host = await hostThat(saying(429, 'application/json', '{"message":"Slow down"}', headers));
    const retryAt = new Date(Date.parse('2026-11-28T12:00:00Z') + seconds * 1000);
    await expect(host.repository(place)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAt });
  });

  it('is refused if it answers about another repository than the requested one', async () => {
    const host = await hostThat(json(repository));
    await expect(host.repositoryById('1')).resolves.toMatchObject({ id: '1' });
    await expect(host.repositoryById('77')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('identifies an account by its id, and says if it isn’t a person’s', async () => {
    const person = await hostThat(json({ id: 7, type: 'User', login: 'nora' }));
    await expect(person.account('nora')).resolves.toEqual({ id: '7', kind: 'person' });
    const other = await hostThat(json({ id: 8, type: 'Organization', login: 'shelves' }));
    await expect(other.account('shelves')).resolves.toEqual({ id: '8', kind: 'other' });
    const neither = await hostThat(json({ id: '7', type: 'User' }));
    await expect(neither.account('nora')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('has no such repository if it says so, or if it is private', async () => {
    const missing = await hostThat(saying(404, 'application/json', '{"message":"Not Found"}'));
    await expect(missing.repository(place)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const hidden = await hostThat(json({ ...repository, private: true }));
    await expect(hidden.repository(place)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('follows the new name of a renamed repository', async () => {
    const host = await hostThat((request, response) => {
      if (request.url === '/repositories/1') json({ ...repository, name: 'shelves' })(request, response);
      else response.writeHead(301, { location: '/repositories/1' }).end();
    });
    await expect(host.repository(place)).resolves.toMatchObject({ uri: 'https://github.com/nora/shelves' });
  });
});
