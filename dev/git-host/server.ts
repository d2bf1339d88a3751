import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

const requestPath = /^\/([a-z0-9][a-z0-9-]{0,62}\.git)\/(info\/refs|git-upload-pack|git-receive-pack)$/;
const requestSizeBytesMax = 64 * 1024 * 1024;
const responseHeaderBytesMax = 8 * 1024;
const requestSecondsMax = 60;

/** Set in the environment of every request, so that a repository's hooks can tell the network from its owner. */
export const overHttp = 'COUNTERSIGN_GIT_OVER_HTTP';

/**
 * A Git host over smart HTTP for bare repositories in `root`: clone, fetch and push, as git itself allows. Pushes aren't
 * authenticated; the repositories' hook refuses what only their owner may write.
 */
export function createGitHost(root: string): Server {
  return createServer((request, response) => {
    serve(root, request, response).catch((error: unknown) => {
      console.error(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end('The Git host failed.\n');
    });
  });
}

async function serve(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const service = requestPath.exec(url.pathname)?.[2];
  if (url.pathname === '/healthz') {
    response.writeHead(200).end('ok\n');
    return;
  }
  if (service === undefined || request.method !== (service === 'info/refs' ? 'GET' : 'POST')) {
    response.writeHead(404).end('Only Git repositories live here.\n');
    return;
  }
  // The Common Gateway Interface (RFC 3875), which git http-backend speaks.
  const backend = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: requestSecondsMax * 1000,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: process.env.NODE_ENV,
      HOME: root,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      [overHttp]: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REMOTE_ADDR: '127.0.0.1',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      ...optional('CONTENT_LENGTH', request.headers['content-length']),
      ...optional('GIT_PROTOCOL', header(request, 'git-protocol')),
    },
  });
  const ended = new Promise<void>((resolve, reject) => {
    backend.once('error', reject);
    backend.once('close', () => {
      resolve();
    });
  });
  // A backend may close its input early; its answer says why.
  const sent = pipeline(request, limitSize, backend.stdin).catch(() => undefined);
  await Promise.all([answer(backend.stdout, response), sent, ended]);
}

async function* limitSize(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes > requestSizeBytesMax) throw new RangeError('the push is larger than 64 MiB');
    yield chunk;
  }
}

/** Turns a CGI answer into an HTTP one: header lines, an empty line, then the body as it is. */
async function answer(output: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of output) {
    if (head === null) {
      if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) {
      if (head.length > responseHeaderBytesMax) throw new RangeError('git http-backend sent endless headers');
      continue;
    }
    const headers = head
      .subarray(0, end)
      .toString('latin1')
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
    const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
    for (const [name, value] of headers) if (name.toLowerCase() !== 'status') response.setHeader(name, value);
    response.writeHead(Number.parseInt(status, 10));
    response.write(head.subarray(end + 4));
    head = null;
  }
  if (head !== null) response.writeHead(502);
  response.end();
}

function optional(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
