/**
 * The portal from its sources, for development: what stands before Next.js is that of production, and pages follow their files.
 * `npm run dev` starts it, with NEXTAUTH_URL and COUNTERSIGN_PORTAL_CONFIG.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import next from 'next';
import { loadPortalConfig } from '../../lib/platform/config/index.ts';
import { openServer } from '../../lib/platform/front-door/index.ts';

const { values } = parseArgs({ options: { hostname: { type: 'string' }, port: { type: 'string' } } });
const { hostname = '127.0.0.1' } = values;
const port = Number(values.port);

const config = loadPortalConfig(process.env);
// As server.ts has it.
process.env['__NEXT_PRIVATE_ORIGIN'] = `http://${hostname}:${port}`;
const app = next({ dev: true, dir: join(import.meta.dirname, '..', '..'), hostname, port });
await app.prepare();
const handle = app.getRequestHandler();
// Next.js takes up the server's WebSockets by itself, over which a page hears that its files have changed.
const server = openServer((request, response) => handle(request, response), config, { publicPages: 'live' });
server.listen(port, hostname, () => console.log(`The portal listens at http://${hostname}:${port}`));

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void app.close().finally(() => process.exit(0));
});
