import { createServer, request as ask } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { cachePages, type Handler, type PageCacheOptions } from './page-cache.ts';
import { patience } from '../../../dev/test/patience.ts';

const policy = "default-src 'none'; script-src 'self' 'nonce-AAAA'; style-src 'self' 'nonce-AAAA'";
const html = (text: string): string =>
  `<html><head><link rel="preload" as="script" nonce="AAAA" href="/x.js"/><title>T</title><script src="/x.js" nonce="AAAA"></script></head><body><p>${text}</p><script nonce="AAAA">self.x.push("\\u003c/script>")</script></body></html>`;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let servers: Server[] = [];
let arrived = 0;
const arrive = (count: number): Promise<void> => vi.waitFor(() => expect(arrived).toBe(count), patience);
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
  arrived = 0;
});

async function serve(handler: Handler, options: Partial<PageCacheOptions> = {}) {
  // Time stands still, so that nothing goes stale because the machine is busy.
  const answer = cachePages(handler, { now: () => 0, ...options });
  const server = createServer((request, response) => {
    arrived += 1;
    void answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
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
        response.on('error', reject);
      })
        .on('error', reject)
        .end();
    });
}

/** Answers with the number of the rendering, so that a test sees which one a reader got. `hold` makes pages wait until it is called back. */
function rendering(change: (set: (name: string, value: string) => void) => string = () => '') {
  let count = 0;
  let gate = Promise.resolve<undefined>(undefined);
  const hold = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    gate = promise;
    return () => resolve(undefined);
  };
  const handler: Handler = async (request, response) => {
    count += 1;
    const mine = count;
    if (request.method === 'GET') await gate;
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', policy);
    const extra = change((name, value) => response.setHeader(name, value));
    response.writeHead(200);
    response.write(html(`rendering ${mine} ${extra}`).slice(0, 40));
    response.end(html(`rendering ${mine} ${extra}`).slice(40));
  };
  return { handler, hold, count: () => count };
}

describe('a public page', () => {
  test('is rendered once for all concurrent readers, without scripts and under a policy that allows none', async () => {
    const page = rendering();
    const get = await serve(page.handler);
    const release = page.hold();
    const all = Promise.all(Array.from({ length: 20 }, () => get('/projects')));
    await arrive(20);
    release();
    const answers = await all;
    expect(page.count()).toBe(1);
    for (const { status, body, headers } of answers) {
      expect(status).toBe(200);
      expect(body.toString()).toBe(
        '<html><head><title>T</title></head><body><p>rendering 1 </p></body></html>',
      );
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'none'; style-src 'self'",
      );
    }
  });

  test('is served compressed only to clients that accept that', async () => {
    const get = await serve(rendering().handler);
    const compressed = await get('/', { 'accept-encoding': 'br, gzip' });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(compressed.body).toString()).toContain('rendering 1');
    const plain = await get('/', { 'accept-encoding': 'gzip;q=0, br' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toContain('rendering 1');
  });

  test('is rendered again after one second', async () => {
    let now = 0;
    const page = rendering();
    const get = await serve(page.handler, { now: () => now });
    await get('/');
    now = 999;
    expect((await get('/')).body.toString()).toContain('rendering 1');
    now = 1000;
    expect((await get('/')).body.toString()).toContain('rendering 2');
  });

  test('is rendered again after any change sent to the portal, even if its rendering had begun before', async () => {
    const page = rendering();
    const get = await serve(page.handler);
    await get('/');
    const release = page.hold();
    const during = get('/other');
    await arrive(2);
    await get('/act', {}, 'POST');
    release();
    await during;
    expect((await get('/')).body.toString()).not.toContain('rendering 1 ');
    const before = page.count();
    await get('/other');
    expect(page.count()).toBe(before + 1);
  });

  test('is kept if the change sent to the portal was refused', async () => {
    const page = rendering();
    const get = await serve((request, response) => {
      if (request.method !== 'POST') return page.handler(request, response);
      response.statusCode = 404;
      response.end();
      return Promise.resolve();
    });
    await get('/');
    await get('/nonsense', {}, 'POST');
    await get('/');
    expect(page.count()).toBe(1);
  });

  test.each([
    ['a cookie', { cookie: 'a=b' }],
    ['credentials', { authorization: 'Bearer x' }],
    ['a part of it', { range: 'bytes=0-1' }],
    ['a client-side navigation', { rsc: '1' }],
  ])('with %s in the request is rendered for that reader and not cached', async (_what, headers) => {
    const page = rendering();
    const get = await serve(page.handler);
    const own = await get('/', headers);
    expect(own.body.toString()).toContain('<script');
    await get('/');
    await get('/', headers);
    expect(page.count()).toBe(3);
  });

  test.each([
    ['sets a cookie', (set: (name: string, value: string) => void) => (set('set-cookie', 'a=b'), '')],
    ['is no HTML', (set: (name: string, value: string) => void) => (set('content-type', 'text/plain'), '')],
    [
      'has no policy',
      (set: (name: string, value: string) => void) => (set('content-security-policy', ''), ''),
    ],
    ['follows work in progress', () => '<span hidden="" data-live=""></span>'],
    [
      'waits for a part that a script would put in its place',
      () => '<!--$?--><template id="B:0"></template>',
    ],
    ['failed in a part', () => '<!--$!--><template data-dgst="1"></template>'],
  ])('that %s is passed on as it is, scripts and all', async (_what, change) => {
    const page = rendering(change);
    const get = await serve(page.handler);
    const { body } = await get('/');
    expect(body.toString()).toMatch(/<script src="\/x\.js"/);
    await get('/');
    expect(page.count()).toBe(2);
  });

  test('of another host name is another page', async () => {
    const page = rendering();
    const get = await serve(page.handler);
    await get('/', { host: 'a.example' });
    expect((await get('/', { host: 'b.example' })).body.toString()).toContain('rendering 2');
  });

  test('that is too large to be cached is still served completely', async () => {
    const page = rendering(() => 'x'.repeat(5000));
    const get = await serve(page.handler, { pageBytesMax: 1000 });
    expect((await get('/')).body.toString()).toContain(`${'x'.repeat(5000)}</p>`);
    await get('/');
    expect(page.count()).toBe(2);
  });

  test('replaces the oldest if there are too many', async () => {
    const page = rendering();
    const get = await serve(page.handler, { pagesMax: 2, freshMilliseconds: 60_000 });
    for (const path of ['/a', '/b', '/c']) await get(path);
    await get('/c');
    expect(page.count()).toBe(3);
    await get('/a');
    expect(page.count()).toBe(4);
  });

  test('whose reader disconnected before it was ready is rendered for the next reader', async () => {
    const page = rendering();
    const get = await serve(page.handler);
    const release = page.hold();
    const controller = new AbortController();
    const server = servers[0];
    const { port } = server?.address() as AddressInfo;
    const left = fetch(`http://127.0.0.1:${port}/`, { signal: controller.signal }).catch(() => null);
    await arrive(1);
    const next = get('/');
    await arrive(2);
    controller.abort();
    await left;
    release();
    expect((await next).status).toBe(200);
  });

  test('that isn’t found is answered with 404', async () => {
    const get = await serve((_request, response) => {
      response.statusCode = 404;
      response.setHeader('content-type', 'text/html');
      response.end('<p>no</p>');
      return Promise.resolve();
    });
    const { status, body } = await get('/nowhere');
    expect([status, body.toString()]).toEqual([404, '<p>no</p>']);
  });

  test('that fails while it is rendered ends the connection, and doesn’t delay the next reader', async () => {
    let count = 0;
    const get = await serve((_request, response) => {
      count += 1;
      if (count === 1) response.destroy();
      else response.end('whole');
      return Promise.resolve();
    });
    await expect(get('/')).rejects.toThrow();
    expect((await get('/')).body.toString()).toBe('whole');
  });
});
