/**
 * The routes of uploads and downloads behind the portal's own server, in a process of their own whose memory can be measured, and beside
 * them the plain file, by the same server. Next.js isn't in between: what it costs is the same for each.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { loadSnapshot } from '#core/policy/index.ts';
import { seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { PUT } from '../../app/api/v1/artifacts/[sha256]/route.ts';
import { GET } from '../../app/api/v1/requests/[id]/artifact/route.ts';
import { GET as readRequest } from '../../app/api/v1/requests/[id]/route.ts';
import { POST as submit } from '../../app/api/v1/requests/route.ts';
import { HEAD, PATCH } from '../../app/api/v1/uploads/[id]/route.ts';
import { POST } from '../../app/api/v1/uploads/route.ts';
import { parsePortalConfig } from '../../lib/platform/config/index.ts';
import { openServer } from '../../lib/platform/front-door/index.ts';
import { answerFrom } from '../../lib/platform/portal/current.fixture.ts';
import { openPortal } from '../../lib/platform/portal/index.ts';

const { CONFIG = '', FOLDER = '', PLAIN = '' } = process.env;
const opened = openPortal(parsePortalConfig(CONFIG, FOLDER));
const files = seedWithKeys();
const loaded = loadSnapshot(files, seedCommit);
if (!loaded.ok) throw new Error('the seed is no policy');
const { snapshot } = loaded;
answerFrom({ ...opened, policies: { ...opened.policies, at: () => Promise.resolve({ files, snapshot }) } });

type Route = (
  request: Request,
  context: { params: Promise<{ id: string; sha256: string }> },
) => Promise<Response>;
const routes: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
  ['PUT', /^\/api\/v1\/artifacts\/([^/]+)$/, PUT],
  ['POST', /^\/api\/v1\/uploads$/, POST],
  ['PATCH', /^\/api\/v1\/uploads\/([^/]+)$/, PATCH],
  ['HEAD', /^\/api\/v1\/uploads\/([^/]+)$/, HEAD],
  ['GET', /^\/api\/v1\/requests\/([^/]+)\/artifact$/, GET],
  ['GET', /^\/api\/v1\/requests\/([^/]+)$/, readRequest],
  ['POST', /^\/api\/v1\/requests$/, submit],
];

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '', method = '' } = request;
  if (url === '/api/plain') {
    if (method === 'GET') await pipeline(createReadStream(PLAIN), response);
    else await pipeline(request, createWriteStream(`${PLAIN}.sent`)).then(() => response.end());
    return;
  }
  for (const [of, path, route] of routes) {
    const found = of === method ? path.exec(url) : null;
    if (found === null) continue;
    const [, id = ''] = found;
    const asked = new Request(`http://127.0.0.1${url}`, {
      method,
      headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ...(method === 'GET' || method === 'HEAD'
        ? {}
        : { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' }),
    } as RequestInit);
    const given = await route(asked, { params: Promise.resolve({ id, sha256: id }) });
    response.writeHead(given.status, Object.fromEntries(given.headers));
    if (given.body === null || method === 'HEAD') response.end();
    else await pipeline(Readable.fromWeb(given.body as ReadableStream), response);
    return;
  }
  response.writeHead(404).end();
}

const server = openServer(answer, opened.config);
server.listen(0, '127.0.0.1', () => console.log(String((server.address() as AddressInfo).port)));
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => void opened.close());
});
