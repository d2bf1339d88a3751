import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../stack/process/identity.ts';
import { stopRecordedProcess } from '../stack/process/supervise.ts';
import {
  prepareStackPaths,
  removeServiceFolder,
  startClamd,
  startGitHost,
  startPostgres,
} from '../stack/index.ts';
import type { DatabaseServer } from '../stack/index.ts';

/** What integration tests are told about the services of this run; plain data, since it crosses processes. */
export interface TestServices {
  readonly database: DatabaseServer & { readonly template: string };
  readonly clamd: { readonly host: string; readonly port: number };
  readonly git: { readonly root: string; readonly origin: string };
  /** for tokens, repositories and work folders of single tests */
  readonly scratch: string;
}

export interface StartedTestServices {
  readonly services: TestServices;
  /** Stops everything; throws when tests left databases, connections or folders behind. */
  readonly release: () => Promise<void>;
}

const template = 'countersign_template';

/** Every run has a folder of its own, so that several can go on beside one another and beside the demo. */
const runs = join(tmpdir(), 'countersign-test-runs');

export async function startTestServices(): Promise<StartedTestServices> {
  mkdirSync(runs, { recursive: true, mode: 0o711 });
  await removeAbandonedRuns();
  const paths = prepareStackPaths(mkdtempSync(join(runs, 'run-')));
  writeFileSync(join(paths.state, 'runner.json'), JSON.stringify(await runnerIdentity()));
  const scratch = join(paths.state, 'scratch');
  mkdirSync(scratch);
  const started = await Promise.allSettled([
    startPostgres(paths, { durable: false }),
    startClamd(paths, { signatures: 'test' }),
    startGitHost(paths),
  ]);
  const [postgres, clamd, gitHost] = started;
  const stop = async () => {
    await Promise.all(
      started.map(async (each) => (each.status === 'fulfilled' ? each.value.stop() : undefined)),
    );
    removeRun(paths.state);
  };
  if (postgres.status === 'rejected' || clamd.status === 'rejected' || gitHost.status === 'rejected') {
    await stop();
    throw new AggregateError(
      started.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : [])),
      started.map((each) => (each.status === 'rejected' ? String(each.reason) : '')).join('\n'),
    );
  }
  const { server } = postgres.value;
  await postgres.value.prepareDatabase(template);
  return {
    services: {
      database: { ...server, template },
      clamd: { host: clamd.value.host, port: clamd.value.port },
      git: { root: gitHost.value.root, origin: gitHost.value.repositoryUrl('') },
      scratch,
    },
    release: async () => {
      const left = [
        ...(await leftDatabases(postgres.value)),
        ...readdirSync(scratch),
        ...readdirSync(paths.git),
      ];
      await stop();
      if (left.length > 0) throw new Error(`tests didn't release: ${left.join(', ')}`);
    },
  };
}

async function leftDatabases(
  postgres: Awaited<ReturnType<typeof startPostgres>>,
): Promise<readonly string[]> {
  return postgres.databases().then((names) => names.filter((name) => name !== template));
}

async function runnerIdentity(): Promise<{ pid: number; identity: string | null }> {
  return { pid: process.pid, identity: await processIdentity(process.pid) };
}

/** Ends and removes what runs left that were killed before they could do it themselves. */
async function removeAbandonedRuns(): Promise<void> {
  for (const name of readdirSync(runs)) {
    const state = join(runs, name);
    const runnerFile = join(state, 'runner.json');
    // A run that has only just begun hasn't written the file yet; one that began is never without it for long.
    if (!existsSync(runnerFile)) continue;
    const runner = JSON.parse(readFileSync(runnerFile, 'utf8')) as { pid: number; identity: string };
    if ((await processIdentity(runner.pid)) === runner.identity) continue;
    const pids = join(state, 'pids');
    for (const file of existsSync(pids) ? readdirSync(pids) : []) await stopRecordedProcess(join(pids, file));
    removeRun(state);
  }
}

function removeRun(state: string): void {
  for (const service of ['postgres', 'clamav']) removeServiceFolder(join(state, service));
  rmSync(state, { recursive: true, force: true });
}
