/** node dev/github/main.ts --port N [--demo-builds]: the development GitHub as a process of its own, on request with what the demo's project built. */
import { parseArgs } from 'node:util';
import { addDemoBuilds, startGitHub } from './index.ts';

const { values } = parseArgs({
  options: { port: { type: 'string' }, 'demo-builds': { type: 'boolean', default: false } },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error('Usage: node dev/github/main.ts --port N [--demo-builds]');
  process.exit(2);
}
const github = await startGitHub({ port });
if (values['demo-builds']) addDemoBuilds(github.state);
console.log(`The development GitHub answers on ${github.url}`);
