/** Starts the fake on loopback, with one project. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Faults, type Fault } from '../github/faults.ts';
import { createApiServer, type LoggedRequest } from './api/server.ts';
import { Project } from './api/state.ts';

export interface GitLabApiFake {
  /** Of the API, as `hostApi` names it. */
  readonly api: string;
  readonly projects: Map<number, Project>;
  readonly log: readonly LoggedRequest[];
  /** Answers that aren't as GitLab documents them; a test that finds one here found a wrong fake. */
  readonly misfits: readonly string[];
  inject(fault: Fault): void;
  stop(): Promise<void>;
}

/** The project that dev/build-system's example job is of. */
export const exampleProject = {
  id: 20_000_001,
  namespace: { id: 7_000_001, path: 'example/tools' },
  path: 'widget',
};

export async function startGitLabApi({ id, namespace, path } = exampleProject): Promise<GitLabApiFake> {
  const projects = new Map([[id, new Project(id, namespace, path)]]);
  const faults = new Faults();
  const log: LoggedRequest[] = [];
  const misfits: string[] = [];
  const server = createApiServer({ projects, faults, log, misfits });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
    projects,
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
