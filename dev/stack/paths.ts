import { pinnedNodeOf } from '../../scripts/set-up/pinned-node.mjs';
import { mkdirSync, chmodSync } from 'node:fs';
import { join } from 'node:path';

export const projectDirectory = join(import.meta.dirname, '..', '..');

/** Node in the version this project pins, whatever Node runs this process. */
export const pinnedNode = pinnedNodeOf(projectDirectory);

/** Where one stack keeps its state. Everything is below `state`; removing that folder starts from nothing. */
export interface StackPaths {
  readonly state: string;
  readonly ports: string;
  readonly logs: string;
  readonly pids: string;
  /** mode 0700 */
  readonly secrets: string;
  readonly postgres: string;
  readonly softhsm: string;
  readonly clamav: string;
  readonly git: string;
  readonly artifacts: string;
  readonly released: string;
  readonly keys: string;
  readonly signer: string;
  readonly tsa: string;
  readonly authority: string;
  /** what the revocation authority publishes */
  readonly publication: string;
  readonly portal: string;
  readonly buildSystem: string;
  readonly demo: string;
}

/** Makes the folders of a stack → their paths. `state` is .countersign/ for the demo, a folder per run for tests. */
export function prepareStackPaths(state = join(projectDirectory, '.countersign')): StackPaths {
  const paths: StackPaths = {
    state,
    ports: join(state, 'ports.json'),
    logs: join(state, 'logs'),
    pids: join(state, 'pids'),
    secrets: join(state, 'secrets'),
    postgres: join(state, 'postgres'),
    softhsm: join(state, 'softhsm'),
    clamav: join(state, 'clamav'),
    git: join(state, 'git'),
    artifacts: join(state, 'store', 'artifacts'),
    released: join(state, 'store', 'released'),
    keys: join(state, 'keys'),
    signer: join(state, 'signer'),
    tsa: join(state, 'tsa'),
    authority: join(state, 'authority'),
    publication: join(state, 'pki'),
    portal: join(state, 'portal'),
    buildSystem: join(state, 'build-system'),
    demo: join(state, 'demo'),
  };
  for (const [name, path] of Object.entries<string>({ ...paths })) {
    // postgres and clamav may become links to a place their operating-system users can reach
    if (!['ports', 'postgres', 'clamav'].includes(name)) mkdirSync(path, { recursive: true });
  }
  chmodSync(paths.secrets, 0o700);
  return paths;
}
