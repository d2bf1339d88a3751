/** The local Git host: node dev/git-host/main.ts --root <folder of bare repositories> --port <loopback port> */
import { parseArgs } from 'node:util';
import { createGitHost } from './server.ts';

const { values } = parseArgs({ options: { root: { type: 'string' }, port: { type: 'string' } } });
if (values.root === undefined || values.port === undefined) {
  console.error('Usage: node dev/git-host/main.ts --root <folder> --port <port>');
  process.exit(2);
}
const server = createGitHost(values.root);
server.listen({ port: Number(values.port), host: '127.0.0.1' });
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
