/**
 * Every call about a project goes out with a token for that one repository, which GitHub itself grants: for an installation that doesn't
 * have the repository there is none. The host is the configuration's, and never what a delivery says.
 */
import { readFileSync } from 'node:fs';
import { createAppAuth } from '@octokit/auth-app';
import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { apiOf } from '../build-host/index.ts';
import type { PortalConfig } from '../config/index.ts';
import { answered, createGitHubClient, defaultTiming } from '../github-client/index.ts';
import type { GitHubTiming } from '../github-client/index.ts';
import { PublishAppError, toPublishAppError } from './error.ts';

export interface Installed {
  readonly installationId: string;
  readonly repositoryId: string;
}

export interface WaitingRun {
  readonly attempt: number;
  /** Names of the environments that the host waits for somebody's word on. */
  readonly environments: readonly string[];
}

export interface Answer {
  readonly runId: string;
  readonly environment: string;
  /** null: a comment alone, the job goes on waiting. */
  readonly state: 'approved' | 'rejected' | null;
  readonly comment: string;
}

export interface LostDelivery {
  readonly id: string;
  readonly guid: string;
}

export interface PublishApp {
  readonly issuers: readonly string[];
  /** null: there is no such run in that repository. Rejects with PublishAppError, as all of these. */
  findRun(at: Installed, runId: string): Promise<WaitingRun | null>;
  answer(at: Installed, answer: Answer): Promise<void>;
  /** Where the app is installed on a repository, by its path; null: it isn't, or the path is another repository's. */
  findInstallation(repository: { readonly id: string; readonly path: string }): Promise<Installed | null>;
  /** Ids of the runs that wait for somebody, the newest first, a hundred at most. */
  waitingRuns(at: Installed): Promise<readonly string[]>;
  /** Deliveries that the portal didn't take, of the last days, each once. */
  lostDeliveries(): Promise<readonly LostDelivery[]>;
  /** Has GitHub deliver again. */
  redeliver(id: string): Promise<void>;
}

/** GitHub delivers three times more for us; what fails then fails for another reason. */
const redeliveriesMax = 3;
const clientsMax = 50;

const number = z.number().int().positive();
const repositorySchema = z.object({ id: number, full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) });
const runSchema = z.object({ id: number, run_attempt: number, repository: z.object({ id: number }) });
const pendingSchema = z.array(z.object({ environment: z.object({ name: z.string() }) })).max(100);
const deliverySchema = z.object({
  id: number,
  guid: z.string(),
  status_code: z.number(),
  event: z.string(),
});
const tokenSchema = z.object({ token: z.string().min(1) });

/** null where the configuration names no such app. Nothing is read or asked before the first call. */
export function openPublishApp(input: {
  readonly config: Pick<PortalConfig, 'publishing'>;
  readonly timing?: Partial<GitHubTiming>;
}): PublishApp | null {
  const { publishing } = input.config;
  const named = publishing?.github;
  if (named === undefined) return null;
  const apiUrl = apiOf({ publishing }, 'github', named.issuers[0] ?? '');
  if (apiUrl === null)
    throw new RangeError(`publishing.hosts names no API for the issuer ${named.issuers[0]}`);
  const timing = { ...defaultTiming, ...input.timing };
  return new App(apiUrl, named, timing);
}

class App implements PublishApp {
  readonly issuers: readonly string[];
  readonly #apiUrl: string;
  readonly #named: { readonly appId: number; readonly privateKeyFile: string };
  readonly #timing: GitHubTiming;
  #client: Octokit | null = null;
  /** By token: octokit keeps its rate limits with a client. */
  readonly #clients = new Map<string, Octokit>();

  constructor(
    apiUrl: string,
    named: {
      readonly appId: number;
      readonly privateKeyFile: string;
      readonly issuers: readonly string[];
    },
    timing: GitHubTiming,
  ) {
    this.issuers = named.issuers;
    this.#apiUrl = apiUrl;
    this.#named = named;
    this.#timing = timing;
  }

  async findRun(at: Installed, runId: string): Promise<WaitingRun | null> {
    return this.#in(at, 'NOT_INSTALLED', async (client, repository) => {
      const place = { ...repository, run_id: Number(runId) };
      const found = await client
        .request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', place)
        .catch(notFound);
      if (found === null) return null;
      const run = whole(runSchema, found.data);
      // The token is of this repository alone; an answer about another one is a fault that must not pass.
      if (String(run.repository.id) !== at.repositoryId || String(run.id) !== runId) return null;
      const pending = await client.request(
        'GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments',
        place,
      );
      const environments = whole(pendingSchema, pending.data).map(({ environment }) => environment.name);
      return { attempt: run.run_attempt, environments };
    });
  }

  async answer(at: Installed, { runId, environment, state, comment }: Answer): Promise<void> {
    await this.#in(at, 'NOT_TAKEN', async (client, repository) => {
      await client.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule', {
        ...repository,
        run_id: Number(runId),
        environment_name: environment,
        comment,
        ...(state === null ? {} : { state }),
        // Sent again by the queue, with its delays, and never at once by itself.
        request: { retries: 0 },
      } as never);
    });
  }

  async findInstallation(repository: { id: string; path: string }): Promise<Installed | null> {
    const [owner = '', repo = ''] = repository.path.split('/');
    const found = await this.#asApp((client) =>
      client.request('GET /repos/{owner}/{repo}/installation', { owner, repo }).catch(notFound),
    );
    if (found === null) return null;
    const installationId = String(whole(z.object({ id: number }), found.data).id);
    return { installationId, repositoryId: repository.id };
  }

  async waitingRuns(at: Installed): Promise<readonly string[]> {
    return this.#in(at, 'NOT_INSTALLED', async (client, repository) => {
      const { data } = await client.request('GET /repos/{owner}/{repo}/actions/runs', {
        ...repository,
        status: 'waiting',
        per_page: 100,
      });
      return whole(z.object({ workflow_runs: z.array(runSchema) }), data).workflow_runs.map(({ id }) =>
        String(id),
      );
    });
  }

  async lostDeliveries(): Promise<readonly LostDelivery[]> {
    const { data } = await this.#asApp((client) =>
      client.request('GET /app/hook/deliveries', { per_page: 100 }),
    );
    const mine = whole(z.array(deliverySchema), data).filter(
      ({ event }) => event === 'deployment_protection_rule',
    );
    const byGuid = Map.groupBy(mine, ({ guid }) => guid);
    return [...byGuid.values()].flatMap((attempts) => {
      const [newest] = attempts;
      const taken = attempts.some(({ status_code: status }) => status >= 200 && status <= 299);
      return newest === undefined || taken || attempts.length > redeliveriesMax
        ? []
        : [{ id: String(newest.id), guid: newest.guid }];
    });
  }

  async redeliver(id: string): Promise<void> {
    await this.#asApp((client) =>
      client.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: Number(id) }),
    );
  }

  #app(): Octokit {
    this.#client ??= createGitHubClient({
      apiUrl: this.#apiUrl,
      timing: this.#timing,
      signIn: {
        authStrategy: createAppAuth,
        auth: { appId: this.#named.appId, privateKey: readFileSync(this.#named.privateKeyFile, 'utf8') },
      },
      limitsOf: `app-${this.#named.appId}`,
    });
    return this.#client;
  }

  async #asApp<T>(ask: (client: Octokit) => Promise<T>): Promise<T> {
    try {
      return await ask(this.#app());
    } catch (error) {
      throw toPublishAppError(error, 'as the app', this.#timing.now(), 'NOT_INSTALLED');
    }
  }

  /** With a token for one repository, under the name that it has now. */
  async #in<T>(
    at: Installed,
    refused: 'NOT_INSTALLED' | 'NOT_TAKEN',
    ask: (client: Octokit, repository: { readonly owner: string; readonly repo: string }) => Promise<T>,
  ): Promise<T> {
    const now = this.#timing.now();
    for (const refresh of [false, true]) {
      const client = await this.#clientOf(at, refresh);
      try {
        const listed = await client
          .request('GET /installation/repositories', { per_page: 100 })
          .catch((error: unknown) => {
            throw answered(error)?.status === 401
              ? error
              : toPublishAppError(error, 'the repository', now, 'NOT_INSTALLED');
          });
        const { repositories } = whole(z.object({ repositories: z.array(repositorySchema) }), listed.data);
        const repository = repositories.find(({ id }) => String(id) === at.repositoryId);
        if (repository === undefined) {
          throw new PublishAppError(
            'NOT_INSTALLED',
            `The app isn’t installed on the repository ${at.repositoryId}.`,
          );
        }
        const [owner = '', repo = ''] = repository.full_name.split('/');
        return await ask(client, { owner, repo });
      } catch (error) {
        // The token may have been revoked before its time: the installation was suspended and is back.
        if (answered(error)?.status === 401 && !refresh) continue;
        throw toPublishAppError(error, `the repository ${at.repositoryId}`, now, refused);
      }
    }
    throw new PublishAppError('NOT_INSTALLED', `No token for the repository ${at.repositoryId} holds.`);
  }

  async #clientOf({ installationId, repositoryId }: Installed, refresh: boolean): Promise<Octokit> {
    let token: string;
    try {
      const made = await this.#app().auth({
        type: 'installation',
        installationId: Number(installationId),
        repositoryIds: [Number(repositoryId)],
        permissions: { actions: 'read', deployments: 'write' },
        refresh,
      });
      token = whole(tokenSchema, made).token;
    } catch (error) {
      const what = `a token for the repository ${repositoryId}`;
      throw toPublishAppError(error, what, this.#timing.now(), 'NOT_INSTALLED');
    }
    const known = this.#clients.get(token);
    if (known !== undefined) return known;
    const client = createGitHubClient({
      apiUrl: this.#apiUrl,
      timing: this.#timing,
      signIn: { auth: token },
      limitsOf: `publish-${installationId}`,
    });
    this.#clients.set(token, client);
    const oldest = this.#clients.keys().next().value;
    if (this.#clients.size > clientsMax && oldest !== undefined) this.#clients.delete(oldest);
    return client;
  }
}

function notFound(error: unknown): null {
  if (answered(error)?.status === 404) return null;
  throw error;
}

function whole<S extends z.ZodType>(schema: S, data: unknown): z.output<S> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new PublishAppError('UNAVAILABLE', `The host’s answer isn’t whole (${where}).`, {
    cause: parsed.error,
  });
}
