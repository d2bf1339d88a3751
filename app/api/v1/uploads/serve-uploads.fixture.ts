/** The routes of uploads behind the portal's own server, on a real socket, and a client that can be cut off at any byte. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';
import { openServer } from '../../../../lib/platform/front-door/index.ts';
import { answerFrom } from '../../../../lib/platform/portal/current.fixture.ts';
import type { Portal } from '../../../../lib/platform/portal/index.ts';
import { DELETE, GET, HEAD, PATCH } from './[id]/route.ts';
import { POST } from './route.ts';

const ofOne = { DELETE, GET, HEAD, PATCH } as const;

/** As Next.js calls them. */
async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method as keyof typeof ofOne | 'POST';
  const asked = new Request(`http://127.0.0.1${request.url}`, {
    method,
    headers: Object.entries(request.headers).map(
      ([name, value]) => [name, String(value)] as [string, string],
    ),
    ...(method === 'PATCH' || method === 'POST'
      ? { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' }
      : {}),
  } as RequestInit);
  const id = request.url?.split('/').at(-1) ?? '';
  const answer =
    method === 'POST' ? await POST(asked) : await ofOne[method](asked, { params: Promise.resolve({ id }) });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(method === 'HEAD' ? undefined : await answer.text());
}

export async function serveUploads(portal: Portal) {
  const server = openServer((request, response) => {
    answerFrom(portal);
    return route(request, response);
  }, portal.config);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Longer than any test: otherwise it ends connections that the client is about to use again.
  server.keepAliveTimeout = 60_000;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** Sends the head of a PATCH and some bytes, and cuts the connection where they end. */
    async cut(id: string, headers: Record<string, string>, bytes: Uint8Array): Promise<void> {
      const socket = connect(port, '127.0.0.1');
      const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.write(`PATCH /api/v1/uploads/${id} HTTP/1.1\r\nHost: x\r\n${head.join('')}\r\n`);
        socket.write(bytes, () => resolve());
      });
      socket.destroy();
    },
    /** The same, left open. */
    begin(id: string, headers: Record<string, string>, bytes: Uint8Array) {
      const socket = connect(port, '127.0.0.1');
      const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(
        `PATCH /api/v1/uploads/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${head.join('')}\r\n`,
      );
      socket.write(bytes);
      const answer = text(socket).catch(() => '');
      return { answer, cut: () => void socket.destroy() };
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
