import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { cachePages } from '../page-cache/index.ts';
import { limitReading } from './index.ts';

describe('page views that miss the cache', () => {
  const closing: (() => void)[] = [];
  afterEach(() => closing.splice(0).forEach((close) => close()));

  /** Behind the cache of pages, as server.ts has it; the network is what a header says. */
  async function open(perMinute: number) {
    let rendered = 0;
    const page = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      rendered += 1;
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('content-security-policy', "script-src 'nonce-x'");
      response.end(
        request.method === 'HEAD' ? undefined : '<!DOCTYPE html><html><body><main>x</main></body></html>',
      );
      return Promise.resolve();
    };
    const networkOf = ({ headers }: IncomingMessage) => headers['x-from']?.toString() ?? null;
    const answer = cachePages(limitReading(page, { perMinute, networkOf }), { freshMilliseconds: 600_000 });
    const server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const ask = async (path: string, from: string | null, init: RequestInit = {}) => {
      const headers = {
        ...(init.headers as Record<string, string>),
        ...(from === null ? {} : { 'x-from': from }),
      };
      return fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
    };
    return { ask, rendered: () => rendered };
  }

  it('are limited per network, however the cache is missed', async () => {
    const { ask, rendered } = await open(4);
    const misses: readonly [string, RequestInit][] = [
      ['/requests?nonsense=1', {}],
      ['/requests?nonsense=2', {}],
      ['/requests', { method: 'HEAD' }],
      ['/requests', { headers: { cookie: 'nobody=1' } }],
    ];
    for (const [path, init] of misses) expect((await ask(path, 'a', init)).status).toBe(200);
    for (const [path, init] of misses) {
      const answer = await ask(path.replace('nonsense', 'other'), 'a', init);
      expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true]);
    }
    expect(rendered()).toBe(4);
    expect((await ask('/requests?nonsense=9', 'b')).status).toBe(200);
  });

  it('cost nothing if the page is cached', async () => {
    const { ask, rendered } = await open(1);
    for (let time = 0; time < 10; time += 1) expect((await ask('/requests', 'a')).status).toBe(200);
    expect(rendered()).toBe(1);
  });

  it('are refused for programs in their own format', async () => {
    const { ask } = await open(1);
    await ask('/api/v1/requests', 'a');
    const answer = await ask('/api/v1/requests', 'a');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([429, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ code: 'TOO_OFTEN', status: 429 });
  });

  it('exclude submissions, built files, health checks and unknown networks', async () => {
    const { ask } = await open(1);
    for (const path of ['/_next/static/a.js', '/healthz', '/readyz', '/metrics', '/icon.svg']) {
      for (let time = 0; time < 3; time += 1) expect((await ask(path, 'a')).status).toBe(200);
    }
    for (let time = 0; time < 3; time += 1) {
      expect((await ask('/api/v1/requests', 'a', { method: 'POST' })).status).toBe(200);
      expect((await ask(`/requests?x=${time}`, null)).status).toBe(200);
    }
    expect((await ask('/healthz2', 'a')).status).toBe(200);
    expect((await ask('/healthz2', 'a', { method: 'HEAD' })).status).toBe(429);
  });
});
