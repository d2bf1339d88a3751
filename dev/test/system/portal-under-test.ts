/** The portal of a foundation under test: its own routes and background work on the foundation's database, store and policies. It restarts. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inputs } from '../../../action/environment.fixture.ts';
import { parsePortalConfig } from '../../../lib/platform/config/index.ts';
import { answerFrom } from '../../../lib/platform/portal/current.fixture.ts';
import { openPortal } from '../../../lib/platform/portal/index.ts';
import { openPublishApp } from '../../../lib/platform/publish-app/index.ts';
import type { PublishFake } from '../../../lib/platform/publish-app/on-fake.fixture.ts';
import { followPublishJobs } from '../../../lib/publish-jobs/index.ts';
import { notifyOfRequests } from '../../../lib/request-notices/index.ts';
import { openDeliverer } from '../../../lib/webhooks/index.ts';
import type { TokenRun, TokenService } from '../../github/index.ts';
import { projectDirectory } from '../../stack/index.ts';
import { serveRoutes, type ServedRoutes } from '../serve-routes.ts';
import type { FoundationUnderTest } from './foundation-under-test.ts';

type OpenedPortal = ReturnType<typeof openPortal>;

const folders = ['app/api/v1', 'app/api/webhooks'];

export class PortalUnderTest {
  readonly url: string;
  #portal: OpenedPortal;
  #served: ServedRoutes;
  readonly #open: (url: string) => OpenedPortal;

  private constructor(open: (url: string) => OpenedPortal, served: ServedRoutes) {
    this.url = served.url;
    this.#open = open;
    this.#served = served;
    this.#portal = open(served.url);
  }

  static async start(
    { foundation: { stack } }: FoundationUnderTest,
    tokens: TokenService,
    {
      publishing,
      buildKeysOf,
      stores = {},
    }: Partial<Pick<PublishFake, 'publishing'>> & {
      /** Whose identity tokens the service's keys sign. */
      readonly buildKeysOf: readonly string[];
      /** Keys of the configuration that say where files are; folders of the stack unless said. */
      readonly stores?: object;
    },
  ): Promise<PortalUnderTest> {
    const { paths, database, gitHost } = stack;
    const secretFile = join(paths.secrets, 'portal-session');
    await writeFile(secretFile, 's'.repeat(40), { mode: 0o600 });
    const open = (publicUrl: string): OpenedPortal => {
      const config = {
        databaseUrl: database.portal,
        artifactStore: paths.artifacts,
        releasedStore: paths.released,
        ...stores,
        policyRepository: {
          url: gitHost.repositoryUrl('policies.git'),
          cloneDir: join(paths.portal, 'policies.git'),
        },
        publicUrl,
        keysDir: paths.keys,
        publicationDir: paths.publication,
        auth: { secretFile, development: true },
        upload: { sizeBytesMax: 16 * 1024 ** 2 },
        buildKeys: buildKeysOf.map((issuer) => ({ issuer, url: tokens.keysUrl })),
        ...(publishing === undefined ? {} : { publishing }),
      };
      const opened = openPortal(parsePortalConfig(JSON.stringify(config), paths.portal));
      const timing = { secondMilliseconds: 5, paced: false, timeoutMilliseconds: 60_000, retries: 1 };
      const portal = { ...opened, publishApp: openPublishApp({ config: opened.config, timing }) };
      answerFrom(portal);
      return portal;
    };
    return new PortalUnderTest(open, await serveRoutes(folders));
  }

  async stop(): Promise<void> {
    this.#served.close();
    await this.#portal.close();
  }

  /** At the address that it had, with nothing but what it had written down. */
  async restart(): Promise<void> {
    this.#served = await serveRoutes(folders, this.#served.port);
    this.#portal = this.#open(this.url);
  }

  /** Tells people of what the journal says, as it does by itself every few seconds. */
  async notify(): Promise<void> {
    // Each run reads some hundred entries.
    for (let last = -1n, read = 0n; last !== read;) {
      last = read;
      const problems = await notifyOfRequests(this.#portal);
      if (problems.length > 0) throw new Error(problems.join('\n'));
      const position = await this.#portal.db.journalReading.findFirst({
        where: { reader: 'request-notices' },
      });
      read = position?.seq ?? 0n;
    }
  }

  /** What it does by itself every few seconds for jobs that publish. */
  async followJobs(): Promise<void> {
    const problems = [...(await followPublishJobs(this.#portal, () => 0))];
    const deliverer = openDeliverer(this.#portal, () => 0);
    for (let message = 0; message < 4; message += 1) {
      problems.push(...(await deliverer.run()));
      await deliverer.settled();
    }
    if (problems.length > 0) throw new Error(problems.map(String).join('\n'));
  }
}

interface EndedStep {
  readonly status: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A step of a job that uses the Action: the built file, with a runner's environment. `meanwhile` is told the whole log as it grows. */
export async function runAction(
  job: {
    readonly folder: string;
    readonly tokens: TokenService;
    readonly run: Partial<TokenRun>;
    readonly meanwhile?: (log: string) => void;
  },
  given: Readonly<Record<string, string>>,
): Promise<EndedStep> {
  const temporary = join(job.folder, randomUUID());
  await mkdir(temporary, { recursive: true });
  const files = { GITHUB_OUTPUT: join(temporary, 'output'), GITHUB_STEP_SUMMARY: join(temporary, 'summary') };
  for (const file of Object.values(files)) await writeFile(file, '');
  const child = spawn(process.execPath, [join(projectDirectory, 'action', 'dist', 'main.js')], {
    cwd: job.folder,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      GITHUB_ACTIONS: 'true',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_WORKSPACE: job.folder,
      RUNNER_TEMP: temporary,
      ...files,
      ...job.tokens.startJob(job.run),
      ...inputs(given),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      job.meanwhile?.(log);
    });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const outputs = await readFile(files.GITHUB_OUTPUT, 'utf8');
  return {
    status,
    log,
    outputs: Object.fromEntries(
      [...outputs.matchAll(/^(\S+)<<(\S+)\n([^]*?)\n\2$/gm)].map(([, name = '', , value = '']) => [
        name,
        value,
      ]),
    ),
  };
}
