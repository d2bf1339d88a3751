/** The portal's own routes over HTTP, without what stands before them in a real one: the front door and Next.js. */
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

type Handler = (request: Request, context: { readonly params: Promise<unknown> }) => Promise<Response>;
const root = join(import.meta.dirname, '..', '..');

export interface ServedRoutes {
  readonly url: string;
  readonly port: number;
  /** Cuts every connection. */
  close(): void;
}

/** `folders`: whose routes, as `app/api/v1`. They answer from the portal that `answerFrom` names. */
export async function serveRoutes(folders: readonly string[], port = 0): Promise<ServedRoutes> {
  const files = folders.flatMap((folder) => globSync(`${folder}/**/route.ts`, { cwd: root }));
  const routes = await Promise.all(
    files.map(async (file) => ({
      parts: dirname(file).split('/').slice(1),
      methods: (await import(join(root, file))) as Readonly<Record<string, Handler | undefined>>,
    })),
  );
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const listening = (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${listening}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', url);
    const asked = address.pathname.split('/').slice(1).map(decodeURIComponent);
    const found = routes.find(
      ({ parts }) =>
        parts.length === asked.length &&
        parts.every((part, at) => part.startsWith('[') || part === asked[at]),
    );
    const handler =
      found?.methods[request.method ?? ''] ?? (request.method === 'HEAD' ? found?.methods['GET'] : undefined);
    if (found === undefined || handler === undefined) {
      response.writeHead(found === undefined ? 404 : 405).end();
      return;
    }
    const params = Object.fromEntries(
      found.parts.flatMap((part, at) => (part.startsWith('[') ? [[part.slice(1, -1), asked[at]]] : [])),
    );
    const withBody = !['GET', 'HEAD', 'DELETE'].includes(request.method ?? '');
    const answer = await handler(
      new Request(address, {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).map(([name, value]): [string, string] => [
          name,
          [value].flat().join(', '),
        ]),
        ...(withBody ? { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' } : {}),
      } as RequestInit),
      { params: Promise.resolve(params) },
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body === null || request.method === 'HEAD') response.end();
    else await pipeline(Readable.fromWeb(answer.body as ReadableStream<Uint8Array>), response);
  }

  return {
    url,
    port: listening,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
