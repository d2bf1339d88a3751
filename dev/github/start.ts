/** Starts the fake on loopback: projects that anybody sees, one repository with an app installed on it, and people who act in it. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { startStorage, type Storage } from './artifacts/storage.ts';
import { Tokens } from './auth.ts';
import { Faults, type Fault } from './faults.ts';
import { artifactPaths } from './artifacts/routes.ts';
import { readDescription } from './openapi.ts';
import { createPeople, type People } from './people.ts';
import { seedProjects } from './projects/seed.ts';
import { createFakeServer, type LoggedRequest } from './server.ts';
import { PublishingState } from './publishing/state.ts';
import { State, type Facts } from './state.ts';
import { record, type RecordedEvent } from './webhooks.ts';
import { Wire } from './wire.ts';

export interface GitHubFake {
  readonly url: string;
  readonly facts: Facts;
  /** PEM of the app's key. */
  readonly privateKey: string;
  readonly state: State;
  /** Environments of projects, and the app that answers for them; its key is the same. */
  readonly publishing: PublishingState;
  /** What others than the app do. */
  readonly people: People;
  readonly log: readonly LoggedRequest[];
  readonly events: readonly RecordedEvent[];
  /** Answers that GitHub's description doesn't allow; a test that finds one here found a wrong fake. */
  readonly misfits: readonly string[];
  /** Endpoints whose answers fitted the description; null where the description is absent. */
  readonly described: ReadonlySet<string> | null;
  /** Where the bytes of artifacts are. */
  readonly storage: Pick<Storage, 'requests' | 'spoil' | 'leadTo'>;
  inject(fault: Fault): void;
  /** The token of a running job of this repository. */
  jobToken(repositoryId: number): string;
  revokeTokens(): void;
  stop(): Promise<void>;
}

const descriptionFile = resolve(import.meta.dirname, '../../../shared/cases/github-openapi-slice.json');
/** Compiled once for all fakes of a process. */
const describes = readDescription(descriptionFile, artifactPaths);
if (describes === null) console.warn(`${descriptionFile} is absent: the fake's answers aren't validated.`);

/** The app's key, the same for all fakes of a process: making one takes longer than most tests. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

export async function startGitHub({
  files = { 'README.md': 'Nothing yet.\n' },
  port = 0,
  now = new Date(),
}: {
  /** Of the repository that the app is installed on. */
  readonly files?: Readonly<Record<string, string>>;
  readonly port?: number;
  /** What projects did was done before that. */
  readonly now?: Date;
} = {}): Promise<GitHubFake> {
  const facts: Facts = {
    appId: 31_337,
    installationId: 7_654_321,
    owner: 'example-foundation',
    name: 'policies',
    repositoryId: 900_100_777,
  };
  const events: RecordedEvent[] = [];
  const place = { url: '' };
  const wire = (): Wire => new Wire(state, place.url);
  const state: State = new State(
    facts,
    new Map(Object.entries(files)),
    record(events, () => state, wire),
  );
  seedProjects(state, now);
  const publishing = new PublishingState();
  const tokens = new Tokens();
  const faults = new Faults();
  const storage = await startStorage();
  const log: LoggedRequest[] = [];
  const misfits: string[] = [];
  const described = new Set<string>();
  const appKey = createPublicKey(publicKey);
  const server = createFakeServer({
    state,
    publishing,
    tokens,
    appKey,
    faults,
    tickets: storage,
    describes,
    log,
    looks: new Map(),
    misfits,
    described,
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  place.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  publishing.base = place.url;
  return {
    url: place.url,
    facts,
    privateKey,
    state,
    publishing,
    log,
    events,
    misfits,
    described: describes === null ? null : described,
    people: createPeople(state),
    storage,
    inject: (fault) => faults.add(fault),
    jobToken: (repositoryId) => tokens.ofJob(repositoryId),
    revokeTokens: () => tokens.revokeAll(),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await storage.stop();
    },
  };
}
