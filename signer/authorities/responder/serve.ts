import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { statusRequestBytesMax } from '#core/pki/ocsp/index.ts';
import { ResponderError } from './error.ts';
import type { StatusAnswer } from './find-answer.ts';

export interface ResponderPorts {
  readonly find: (request: Uint8Array) => Promise<StatusAnswer>;
  readonly publication: string;
  readonly cacheSeconds: number;
  readonly health: () => Promise<{ readonly ok: boolean; readonly detail: string }>;
  readonly onFailure: (error: unknown) => void;
  readonly now: () => Date;
}

const types = { crl: 'application/pkix-crl', cer: 'application/pkix-cert' } as const;
/** Base64 of the largest request, percent-encoded. */
const pathCharactersMax = 8192;

/**
 * POST /ocsp and GET /ocsp/<base64> (RFC 6960 appendix A), GET /<name>.crl and /<name>.cer (RFC 5280 §4.2.1.13), GET
 * /healthz.
 * Slow, oversized and other requests are refused. Throws LISTEN_FAILED.
 */
export async function serveStatus(
  listen: { readonly host: string; readonly port: number },
  ports: ResponderPorts,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const options = { requestTimeout: 10_000, headersTimeout: 5000, maxHeaderSize: 2 * pathCharactersMax };
  const server = createServer(options, (request, response) => {
    route(request, response, ports).catch((error: unknown) => {
      ports.onFailure(error);
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'the request failed');
    });
  });
  server.maxConnections = 2048;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const place = `${listen.host}:${listen.port}`;
      reject(
        new ResponderError('LISTEN_FAILED', `can't listen on ${place}: choose another listen.port`, {
          cause,
        }),
      );
    });
    server.listen(listen.port, listen.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${listen.host}:${port}/`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const force = setTimeout(() => server.closeAllConnections(), 2000);
      await closed;
      clearTimeout(force);
    },
  };
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  ports: ResponderPorts,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const { method } = request;
  if (path === '/ocsp' && method === 'POST') return answerPosted(request, response, ports);
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', path === '/ocsp' ? 'POST' : 'GET, HEAD');
    sendText(response, 405, 'GET this, or POST a status request to /ocsp');
    return;
  }
  if (path.startsWith('/ocsp/')) {
    // Empty requests and ones that aren't Base64 are malformed.
    const found = await ports.find(decodePath(path.slice('/ocsp/'.length)) ?? new Uint8Array());
    sendAnswer(response, found, ports);
    return;
  }
  if (path === '/healthz') {
    const { ok, detail } = await ports.health();
    sendText(response, ok ? 200 : 503, detail);
    return;
  }
  const ending = /^\/[a-z0-9][a-z0-9-]{0,63}\.(crl|cer)$/.exec(path)?.[1];
  if (ending !== 'crl' && ending !== 'cer') {
    sendText(response, 404, 'nothing of that name is published');
    return;
  }
  return sendFile(response, { file: join(ports.publication, path.slice(1)), type: types[ending] }, ports);
}

async function answerPosted(
  request: IncomingMessage,
  response: ServerResponse,
  ports: ResponderPorts,
): Promise<void> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/ocsp-request') {
    sendText(response, 415, 'the content type of a request is application/ocsp-request');
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > statusRequestBytesMax) {
      response.setHeader('connection', 'close');
      sendText(response, 413, `a status request has at most ${statusRequestBytesMax} bytes`);
      return;
    }
    chunks.push(chunk);
  }
  sendAnswer(response, await ports.find(Buffer.concat(chunks)), ports);
}

/** Percent-encoded Base64 → bytes; null for anything else. Some clients omit the encoding, some the padding. */
function decodePath(text: string): Uint8Array | null {
  if (text.length > pathCharactersMax) return null;
  try {
    const base64 = decodeURIComponent(text);
    return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : null;
  } catch {
    return null;
  }
}

/** Headers of RFC 5019 §6.2; caches may keep an answer for less than its validity. */
function sendAnswer(
  response: ServerResponse,
  { bytes, validity }: StatusAnswer,
  ports: ResponderPorts,
): void {
  const seconds = validity === null ? 0 : (validity.until.getTime() - ports.now().getTime()) / 1000;
  const cache = Math.max(0, Math.min(ports.cacheSeconds, Math.floor(seconds)));
  response.writeHead(200, {
    'content-type': 'application/ocsp-response',
    'content-length': bytes.length,
    ...(validity === null
      ? { 'cache-control': 'no-store' }
      : {
          'cache-control': `max-age=${cache}, public, no-transform, must-revalidate`,
          'last-modified': validity.from.toUTCString(),
          expires: validity.until.toUTCString(),
          etag: `"${createHash('sha256').update(bytes).digest('hex')}"`,
        }),
  });
  response.end(bytes);
}

async function sendFile(
  response: ServerResponse,
  { file, type }: { readonly file: string; readonly type: string },
  { cacheSeconds }: ResponderPorts,
): Promise<void> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    sendText(response, 404, 'nothing of that name is published');
    return;
  }
  response.writeHead(200, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': `max-age=${cacheSeconds}, public`,
  });
  response.end(bytes);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}
