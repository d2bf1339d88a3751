import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startClamd, startGitHost, startPostgres, type DatabaseServer } from '../stack/index.ts';
import { openRunFolder, removeRunFolder } from './run-folder.ts';

/** What integration tests are told about the services of this run; plain data, since it crosses processes. */
export interface TestServices {
  readonly database: DatabaseServer & { readonly template: string };
  readonly clamd: { readonly host: string; readonly port: number };
  readonly git: { readonly root: string; readonly origin: string };
  /** for tokens, repositories and work folders of single tests */
  readonly scratch: string;
  /** what is made once in a run and copied; goes with the run */
  readonly templates: string;
}

export interface StartedTestServices {
  readonly services: TestServices;
  /** Stops everything; throws when tests left databases, connections or folders behind. */
  readonly release: () => Promise<void>;
}

const template = 'countersign_template';

export async function startTestServices(): Promise<StartedTestServices> {
  const paths = await openRunFolder();
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
    removeRunFolder(paths.state);
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
      templates: join(paths.state, 'templates'),
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
