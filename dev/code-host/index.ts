/** A code host on loopback for development: GitHub's reading API over a small, living set of repositories. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Faults } from '../github-fake/faults.ts';
import type { Fault } from '../github-fake/faults.ts';
import { seedCodeHost } from './seed.ts';
import { createCodeHostServer } from './server.ts';
import type { LoggedRequest } from './server.ts';
import type { CodeHostState } from './state.ts';

export { seededAccounts, seededRepositories } from './seed.ts';

export interface CodeHostFake {
  readonly url: string;
  readonly state: CodeHostState;
  readonly log: readonly LoggedRequest[];
  inject(fault: Fault): void;
  stop(): Promise<void>;
}

export async function startCodeHost(
  input: { readonly port?: number; readonly now?: Date } = {},
): Promise<CodeHostFake> {
  const state = seedCodeHost(input.now ?? new Date());
  const faults = new Faults();
  const log: LoggedRequest[] = [];
  const server = createCodeHostServer({ state, faults, log });
  server.listen(input.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    log,
    inject: (fault) => faults.add(fault),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
