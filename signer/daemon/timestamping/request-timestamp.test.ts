import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { buildTimestampResponse } from '#core/pki/tsp/index.ts';
import { requestTimestamp } from './index.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function problemWith(answer: RequestListener, timeoutMs = 120_000): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const input = { urls: [url], digest: new Uint8Array(32), trustedRoots: [], timeoutMs };
  return requestTimestamp(input).then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
}

const reply =
  (body: Uint8Array | string): RequestListener =>
  (_, response) => {
    response.setHeader('content-type', 'application/timestamp-reply');
    response.end(body);
  };

describe('a timestamp authority that misbehaves', () => {
  it('is given up at the time limit when it never answers', async () => {
    expect(await problemWith(() => undefined, 300)).toContain('no answer within 300 ms');
  });

  it('is given up at the time limit when it answers byte by byte', async () => {
    const drip: RequestListener = (_, response) => {
      response.setHeader('content-type', 'application/timestamp-reply');
      const timer = setInterval(() => response.write('0'), 20);
      response.on('close', () => clearInterval(timer));
    };
    expect(await problemWith(drip, 300)).toContain('no answer within 300 ms');
  });

  it('is cut off when it sends without end', async () => {
    expect(await problemWith(reply(new Uint8Array(70_000)))).toContain('sent over 65536 bytes');
  });

  it('is refused when it sends something else', async () => {
    expect(await problemWith(reply('<html>'))).toContain('malformed');
    server.close();
    expect(await problemWith((_, response) => response.end('hello'))).toContain('no content type');
  });

  it('is refused when it redirects elsewhere', async () => {
    const redirect: RequestListener = (_, response) => {
      response.writeHead(307, { location: 'http://169.254.169.254/' });
      response.end();
    };
    expect(await problemWith(redirect)).toContain('redirect');
  });

  it('is quoted when it refuses', async () => {
    const refusal = buildTimestampResponse({ failure: 'timeNotAvailable', reason: 'no GPS' });
    expect(await problemWith(reply(refusal))).toContain('timeNotAvailable; no GPS');
  });
});
