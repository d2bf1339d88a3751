import { createServer, request as ask } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cacheAnswers, type AnswerCacheOptions } from './answers.ts';
import { patience } from '../../../dev/test/patience.ts';

const feed = '/projects/widget/feed.xml';
const list = '/api/v1/requests?limit=5';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

/** A portal whose answers say how many of them were made. */
async function serve(
  options: Partial<AnswerCacheOptions> = {},
  given: OutgoingHttpHeaders = {},
  status = 200,
) {
  const made: string[] = [];
  const holding: (() => void)[] = [];
  const state = { time: 0, mark: 'one' as string | null, hold: false, arrived: 0 };
  const answer = cacheAnswers(
    async ({ url = '', headers }, response) => {
      made.push(url);
      const number = made.length;
      if (state.hold) await new Promise<void>((resolve) => holding.push(resolve));
      response.statusCode = status;
      for (const [name, value] of Object.entries(given))
        if (value !== undefined) response.setHeader(name, value);
      response.setHeader(
        'x-seen',
        JSON.stringify([headers['if-none-match'] ?? null, headers['accept-encoding'] ?? null]),
      );
      response.end(`${number} ${'x'.repeat(600)}`);
    },
    {
      now: () => state.time,
      mark: () => (state.mark === null ? Promise.reject(new Error('away')) : Promise.resolve(state.mark)),
      ...options,
    },
  );
  const server = createServer((request, response) => {
    state.arrived += 1;
    void answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
    new Promise((resolve, reject) => {
      ask({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      })
        .on('error', reject)
        .end();
    });
  const numbers = async (...paths: readonly string[]): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const path of paths) found.push((await get(path)).body.toString().split(' ')[0] ?? '');
    return found;
  };
  return { get, numbers, made, state, holding };
}

describe('answers for everybody', () => {
  it('are made once a second', async () => {
    const { numbers, state } = await serve();
    expect(await numbers(list, list, feed, list, '/api/v1/requests')).toEqual(['1', '1', '2', '1', '3']);
    state.time = 1000;
    expect(await numbers(list)).toEqual(['4']);
  });

  it('are made once for all who ask at the same time', async () => {
    const { get, made, state, holding } = await serve();
    state.hold = true;
    const answers = [get(list), get(list), get(list)];
    await vi.waitFor(() => expect([state.arrived, holding.length]).toEqual([3, 1]), patience);
    holding[0]?.();
    expect((await Promise.all(answers)).map(({ body }) => body.toString()[0])).toEqual(['1', '1', '1']);
    expect(made).toHaveLength(1);
  });

  it('of feeds and badges last as long as their mark does, at most a minute', async () => {
    const { numbers, state } = await serve();
    const badge = '/projects/widget/badge.svg';
    expect(await numbers(feed, badge, '/revocations/feed.xml')).toEqual(['1', '2', '3']);
    for (const time of [1000, 5000, 59_000]) {
      state.time = time;
      expect(await numbers(feed, badge, '/revocations/feed.xml')).toEqual(['1', '2', '3']);
    }
    state.mark = 'two';
    // Within the second it isn't asked for.
    expect(await numbers(feed)).toEqual(['1']);
    state.time = 60_000;
    expect(await numbers(feed, badge)).toEqual(['4', '5']);
    state.time = 119_999;
    expect(await numbers(feed)).toEqual(['4']);
    state.time = 121_000;
    expect(await numbers(feed)).toEqual(['6']);
    state.mark = null;
    state.time = 123_000;
    expect(await numbers(feed)).toEqual(['7']);
  });

  it('have an ETag, and who has them gets them no second time', async () => {
    const { get, made } = await serve();
    const { headers, body } = await get(list, { 'accept-encoding': 'gzip', 'if-none-match': '"older"' });
    const { etag = '' } = headers;
    expect(etag).toMatch(/^"[\w-]{32}"$/);
    expect(JSON.parse(String(headers['x-seen']))).toEqual([null, null]);
    expect(headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(body).toString()).toBe((await get(list)).body.toString());
    for (const known of [etag, `W/${etag}`, `"a", ${etag}`, '*'])
      expect(await get(list, { 'if-none-match': known })).toMatchObject({
        status: 304,
        body: Buffer.alloc(0),
      });
    expect((await get(list, { 'if-none-match': '"another"' })).status).toBe(200);
    expect(made).toHaveLength(1);
  });

  it('keep an ETag and a time of their own', async () => {
    const time = 'Mon, 30 Nov 2026 10:00:00 GMT';
    const { get } = await serve({}, { etag: '"own"', 'last-modified': time, 'cache-control': 'no-store' });
    await get(feed);
    expect((await get(feed)).headers).toMatchObject({ etag: '"own"', 'cache-control': 'no-store' });
    expect((await get(feed, { 'if-modified-since': time })).status).toBe(304);
    expect((await get(feed, { 'if-modified-since': time, 'if-none-match': '"x"' })).status).toBe(200);
    expect((await get(feed, { 'if-modified-since': 'Mon, 30 Nov 2026 09:59:59 GMT' })).status).toBe(200);
  });

  it('are made again once anything was sent here, unless it was refused', async () => {
    const { get, numbers } = await serve();
    await numbers(list);
    await get('/api/v1/requests', {}, 'POST');
    expect(await numbers(list, list)).toEqual(['3', '3']);
    const refusing = await serve({}, {}, 404);
    await refusing.get('/api/v1/requests', {}, 'POST');
    expect(await refusing.numbers(list, list)).toEqual(['2', '3']);
  });

  it.each([
    [{ cookie: 'a=b' }],
    [{ authorization: 'Bearer x' }],
    [{ range: 'bytes=0-1' }],
    [{ prefer: 'wait=5' }],
  ] as const)('are for nobody in particular: made anew with %j', async (headers) => {
    const { get, made } = await serve();
    await get(list);
    await get(list, headers);
    await get(list, headers);
    expect(made).toHaveLength(3);
  });

  it.each([
    '/api/v1/requests/1/events',
    '/api/v1/requests/1/artifact',
    '/api/v1/uploads/1',
    '/metrics',
    '/certificates/a.pem',
    '/projects/widget',
  ])('leave %s alone', async (path) => {
    const { get, made } = await serve();
    await get(path);
    await get(path);
    expect(made).toHaveLength(2);
  });

  it.each([
    ['that set a cookie', { 'set-cookie': 'a=b' }, 200],
    ['that were refused', {}, 404],
    ['that are compressed already', { 'content-encoding': 'br' }, 200],
  ] as const)('aren’t kept %s', async (_, headers, status) => {
    const { get, made } = await serve({}, headers, status);
    await get(list);
    expect((await get(list)).status).toBe(status);
    expect(made).toHaveLength(2);
  });

  it('are kept within bounds, those asked for last', async () => {
    const few = await serve({ answersMax: 2 });
    await few.numbers('/api/v1/requests/1', '/api/v1/requests/2', '/api/v1/requests/3');
    expect(await few.numbers('/api/v1/requests/3', '/api/v1/requests/1')).toEqual(['3', '4']);
    const small = await serve({ bytesMax: 4_000 });
    await small.numbers('/api/v1/requests/1', '/api/v1/requests/2', '/api/v1/requests/3');
    expect(await small.numbers('/api/v1/requests/3', '/api/v1/requests/1')).toEqual(['3', '4']);
    const large = await serve({ answerBytesMax: 100 });
    expect(await large.numbers(list, list)).toEqual(['1', '2']);
  });
});
