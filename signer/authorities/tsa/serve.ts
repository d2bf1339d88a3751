import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { timestampRequestBytesMax } from '#core/pki/tsp/index.ts';
import { TsaError } from './error.ts';

export interface TimestampServerPorts {
  readonly answer: (query: Uint8Array) => Promise<Uint8Array>;
  readonly health: () => Promise<{ readonly ok: boolean; readonly detail: string }>;
  readonly onFailure: (error: unknown) => void;
}

/**
 * RFC 3161 §3.4 over HTTP: POST / with application/timestamp-query → application/timestamp-reply, 200 also
 * for rejections. GET /healthz → 200 or 503. Slow, oversized and other requests are refused.
 */
export async function serveTimestamps(
  listen: { readonly host: string; readonly port: number },
  ports: TimestampServerPorts,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    route(request, response, ports).catch((error: unknown) => {
      ports.onFailure(error);
      if (!response.headersSent) sendText(response, 500, 'the request failed');
      else response.destroy();
    });
  });
  server.maxConnections = 512;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const place = `${listen.host}:${listen.port}`;
      reject(
        new TsaError('LISTEN_FAILED', `can't listen on ${place}: choose another listen.port`, { cause }),
      );
    });
    server.listen(listen.port, listen.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${listen.host}:${port}/`, close: () => close(server) };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  ports: TimestampServerPorts,
): Promise<void> {
  const path = request.url?.split('?')[0];
  if (path === '/healthz' && request.method === 'GET') {
    const { ok, detail } = await ports.health();
    sendText(response, ok ? 200 : 503, detail);
    return;
  }
  const refused = refuse(path, request);
  if (refused !== null) {
    response.setHeader('allow', 'POST');
    sendText(response, ...refused);
    return;
  }
  const query = await readBounded(request);
  if (query === null) {
    response.setHeader('connection', 'close');
    sendText(response, 413, `a query has at most ${timestampRequestBytesMax} bytes`);
    return;
  }
  const answer = await ports.answer(query);
  response.writeHead(200, {
    'content-type': 'application/timestamp-reply',
    'content-length': answer.length,
    'cache-control': 'no-store',
  });
  response.end(answer);
}

function refuse(path: string | undefined, request: IncomingMessage): [status: number, text: string] | null {
  if (path !== '/') return [404, 'timestamps are at /'];
  if (request.method !== 'POST') return [405, 'POST a timestamp query'];
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/timestamp-query') return null;
  return [415, 'the content type of a query is application/timestamp-query'];
}

/** The body, or null as soon as it's longer than a query can be. */
async function readBounded(request: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > timestampRequestBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), 2_000);
  await closed;
  clearTimeout(force);
}
