/** node dev/github/main.ts --port N: the development GitHub as a process of its own. */
import { parseArgs } from 'node:util';
import { startGitHub } from './index.ts';

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error('Usage: node dev/github/main.ts --port N');
  process.exit(2);
}
const github = await startGitHub({ port });
console.log(`The development GitHub answers on ${github.url}`);
