import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyLimitsOf } from '../body-pace/index.ts';
import { answerRequests, type FrontDoorOptions } from './index.ts';

const stranger = '203.0.113.7';
const publicUrl = 'http://portal.example';

describe('the layers in front of the portal’s pages', () => {
  const closing: (() => void)[] = [];
  afterEach(() => closing.splice(0).forEach((close) => close()));

  async function open(options: Partial<FrontDoorOptions> = {}) {
    const seen: string[] = [];
    const page = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
      await text(request).catch(() => '');
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('content-security-policy', "script-src 'nonce-x'");
      response.end('<!DOCTYPE html><html><body><main>x</main></body></html>');
    };
    const answer = answerRequests(page, {
      publicUrl,
      formBytesMax: 1000,
      readsPerMinute: 600,
      bodies: bodyLimitsOf(undefined),
      addressOf: () => stranger,
      ...options,
    });
    const server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
      new Promise<number>((resolve, reject) => {
        const sending = ask({ port, host: '127.0.0.1', method, path, headers, agent: false });
        closing.push(() => sending.destroy());
        sending.once('error', reject);
        sending.once('response', (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        // A body that was announced and stops; none is the end at once.
        if (body === undefined) sending.end();
        else sending.write(body);
      });
    return { send, seen };
  }

  it('ends the body of an upload that stops', async () => {
    const { send } = await open({ bodies: { ...bodyLimitsOf(undefined), idleMilliseconds: 200 } });
    const status = await send('PUT', '/api/v1/artifacts/abc', { 'content-length': '999' }, 'x'.repeat(10));
    expect(status).toBe(408);
  });

  it('limits pages rendered a minute per network, and not for this machine', async () => {
    const strangers = await open({ readsPerMinute: 2 });
    const [first, second, third] = [1, 2, 3].map((nonsense) => `/requests?nonsense=${nonsense}`);
    expect(await strangers.send('GET', first ?? '')).toBe(200);
    expect(await strangers.send('GET', second ?? '')).toBe(200);
    expect(await strangers.send('GET', third ?? '')).toBe(429);
    expect(strangers.seen).toHaveLength(2);
    const machine = await open({ readsPerMinute: 2, addressOf: () => '127.0.0.1' });
    for (const path of [first, second, third]) expect(await machine.send('GET', path ?? '')).toBe(200);
  });

  it('serves a rendered page to the next visitor without rendering it again', async () => {
    const { send, seen } = await open({ readsPerMinute: 1 });
    for (let count = 0; count < 3; count += 1) expect(await send('GET', '/requests')).toBe(200);
    expect(seen).toEqual(['GET /requests']);
  });

  it('renders a page each time in development', async () => {
    const { send, seen } = await open({ publicPages: 'live' });
    for (let count = 0; count < 2; count += 1) expect(await send('GET', '/requests')).toBe(200);
    expect(seen).toEqual(['GET /requests', 'GET /requests']);
  });

  it('refuses requests that pages of other sites send', async () => {
    const { send, seen } = await open();
    expect(await send('POST', '/sign-in', { origin: 'https://evil.example' })).toBe(403);
    expect(seen).toEqual([]);
    expect(await send('POST', '/sign-in', { origin: publicUrl })).toBe(200);
  });
});
