/** node dev/gitlab/main.ts --port N: the development GitLab as a process of its own; what the portal asks and what the signer asks, behind one address. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Faults } from '../github/faults.ts';
import { createApiServer, signerTokens } from './api/server.ts';
import { addDemoProject, demoGitLabProject, demoProjectOfApi } from './demo-project.ts';
import { Projects } from './projects/state.ts';
import { seedProjects } from './projects/seed.ts';
import { createProjectsServer } from './projects/server.ts';

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error('Usage: node dev/gitlab/main.ts --port N');
  process.exit(2);
}
const now = new Date();
const state = new Projects();
seedProjects(state, now);
addDemoProject(state, now);
const common = () => ({ faults: new Faults(), log: [], misfits: [] });
const portal = createProjectsServer({ state, ...common() });
const signer = createApiServer({
  projects: new Map([[demoGitLabProject.id, demoProjectOfApi()]]),
  ...common(),
});
// By whose token it is: neither knows what the other is asked.
const server = createServer((request, response) => {
  if (request.url === '/healthz') {
    response.end('ok');
    return;
  }
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  (Object.hasOwn(signerTokens, token) ? signer : portal).emit('request', request, response);
});
server.listen(port, '127.0.0.1');
await once(server, 'listening');
console.log(`The development GitLab answers on http://127.0.0.1:${port}`);
