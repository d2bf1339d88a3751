/**
 * The portal's program, for production: Next.js behind a cache of public pages and the request guards.
 *   npm run portal -- [--hostname 127.0.0.1] [--port 3000]
 * COUNTERSIGN_PORTAL_CONFIG names its configuration. SIGTERM lets answers and transfers end; SIGINT after it doesn't.
 */
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import next from 'next';
import { loadPortalConfig } from './lib/platform/config/index.ts';
import { endOnSignals, openDrain } from './lib/platform/drain/index.ts';
import { openServer } from './lib/platform/front-door/index.ts';
import { openedPortal } from './lib/platform/portal/opened.ts';
import about from './package.json' with { type: 'json' };
import { keyFor } from './lib/platform/session-secret/index.ts';
import { log, printByLog } from './lib/platform/log/index.ts';
import { openTracing } from './lib/platform/tracing/index.ts';

const usage = 'usage: npm run portal -- [--hostname 127.0.0.1] [--port 3000]';

function readArguments(): { readonly hostname: string; readonly port: string; readonly help: boolean } {
  const { values } = parseArgs({
    options: {
      hostname: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '3000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return values;
}

function argumentsOrUsage(): ReturnType<typeof readArguments> {
  try {
    const values = readArguments();
    if (!values.help) return values;
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

const values = argumentsOrUsage();
const hostname = values.hostname;
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535)
  throw new Error(`--port ${values.port}: must be a number from 1 to 65535`);

// A copy: Next.js and the YAML parser ask it thousands of times for a page or a policy, and the system takes its time to answer.
process.env = { ...process.env };
printByLog();
const config = loadPortalConfig(process.env);
// Next.js asks itself for the page that a form leads to: here, and never at an address that a request names.
process.env['__NEXT_PRIVATE_ORIGIN'] =
  `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
// What a page gives to a form's action is sealed with this installation's own key: the one in the build is known to whoever has the build.
process.env['NEXT_SERVER_ACTIONS_ENCRYPTION_KEY'] = Buffer.from(
  keyFor(config.auth.secretFile, 'server actions'),
).toString('base64');
const tracing = openTracing(config.traces, {
  env: process.env,
  version: about.version,
  report: (message) => log.warn(message),
});
/** What is left of traces as the portal ends is worth no more waiting. */
const lastTracesMilliseconds = 2_000;
/** Where Next.js finds its build. Built itself (decision 0059), this file lies in dist/. */
const dir = import.meta.filename.endsWith('.ts') ? import.meta.dirname : dirname(import.meta.dirname);
const app = next({ dev: false, dir, hostname, port });
await app.prepare();
const handle = app.getRequestHandler();
const server = openServer((request, response) => handle(request, response), config, {
  database: () => openedPortal()?.db ?? null,
});
const closing = openDrain(server);
server.listen(port, hostname, () => log.info(`The portal listens at http://${hostname}:${port}`));

endOnSignals(process, {
  async drain() {
    await closing.drain(config.shutdown);
    await tracing?.close(lastTracesMilliseconds);
    await app.close();
  },
  exit: (status) => process.exit(status),
  say: (message, signal) => log.info({ signal }, message),
});
