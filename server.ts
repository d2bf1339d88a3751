/**
 * The portal's program, for production: Next.js behind a cache of public pages and what guards requests.
 *   node server.ts [--hostname 127.0.0.1] [--port 3000]
 * NEXTAUTH_URL and COUNTERSIGN_PORTAL_CONFIG are what it needs to know. SIGTERM lets running answers end.
 */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import next from 'next';
import { bodyLimitsOf, holdToPace, isUpload, serverTimings } from './lib/platform/body-pace/index.ts';
import { isLoopbackAddress, networkOf, openClientAddresses } from './lib/platform/client-address/index.ts';
import { loadPortalConfig } from './lib/platform/config/index.ts';
import { guardRequests } from './lib/platform/http-edge/index.ts';
import { cachePages } from './lib/platform/page-cache/index.ts';
import { limitReading } from './lib/platform/rate-limit/index.ts';

/** What is still running then is cut off. */
const farewellMilliseconds = 10_000;

const { values } = parseArgs({
  options: {
    hostname: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '3000' },
  },
});
const hostname = values.hostname;
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535)
  throw new Error(`--port ${values.port}: must be a number from 1 to 65535`);

const { publicUrl, trustedProxies = [], upload, readsPerMinute = 600 } = loadPortalConfig(process.env);
const noteClient = openClientAddresses(trustedProxies);
/** As next.config.mjs has it. */
const formBytesMax = 512 * 1024;
// Next.js asks itself for the page that a form leads to: here, and never at an address that a request names.
process.env['__NEXT_PRIVATE_ORIGIN'] =
  `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
const app = next({ dev: false, dir: import.meta.dirname, hostname, port });
await app.prepare();
const handle = app.getRequestHandler();
/** null for programs on this machine. */
const strangersNetwork = (request: IncomingMessage): string | null => {
  const address = noteClient(request);
  return address === null || isLoopbackAddress(address) ? null : networkOf(address);
};
// The pace is held first: it is for bodies that are refused, too.
const answer = holdToPace(
  guardRequests(
    cachePages(
      limitReading((request, response) => handle(request, response), {
        perMinute: readsPerMinute,
        networkOf: strangersNetwork,
      }),
    ),
    { publicUrl, formBytesMax },
  ),
  {
    ...bodyLimitsOf(upload.limits),
    isUpload,
    networkOf: (request) => networkOf(noteClient(request) ?? ''),
  },
);
const server = createServer(serverTimings(), (request, response) => {
  noteClient(request);
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(port, hostname, () => console.log(`The portal listens at http://${hostname}:${port}`));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    setTimeout(() => server.closeAllConnections(), farewellMilliseconds).unref();
    server.close(() => {
      void app.close().finally(() => process.exit(0));
    });
    server.closeIdleConnections();
  });
}
