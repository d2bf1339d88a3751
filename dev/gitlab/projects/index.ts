/** The part of a GitLab that the portal asks, on loopback, for tests: one memory, answers held to what GitLab documents of them, and mishaps on demand. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Faults, type Fault } from '../../github/faults.ts';
import { seedProjects } from './seed.ts';
import { createProjectsServer, type LoggedRequest } from './server.ts';
import { Projects } from './state.ts';

export { seededNamespaces, seededProjects, seededUsers } from './seed.ts';
export { portalToken, userTokenOf } from './server.ts';

export interface GitLabProjectsFake {
  readonly url: string;
  readonly state: Projects;
  readonly log: readonly LoggedRequest[];
  /** Answers that aren't as GitLab documents them; a test that finds one here found a wrong fake. */
  readonly misfits: readonly string[];
  inject(fault: Fault): void;
  stop(): Promise<void>;
}

export async function startGitLabProjects({ now = new Date() } = {}): Promise<GitLabProjectsFake> {
  const state = new Projects();
  seedProjects(state, now);
  const faults = new Faults();
  const log: LoggedRequest[] = [];
  const misfits: string[] = [];
  const server = createProjectsServer({ state, faults, log, misfits });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    log,
    misfits,
    inject: (fault) => faults.add(fault),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
