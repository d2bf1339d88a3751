/** node dev/code-host/main.ts --port N: the development code host as a process of its own. */
import { parseArgs } from 'node:util';
import { startCodeHost } from './index.ts';

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error('Usage: node dev/code-host/main.ts --port N');
  process.exit(2);
}
const host = await startCodeHost({ port });
console.log(`The development code host answers on ${host.url}`);
