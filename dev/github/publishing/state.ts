/**
 * Environments whose protection rule is an app: runs with a job that waits for its word, the app's installations, and the webhook by
 * which it is asked. A repository has an app or not; a rule is this app's or another one's.
 */
import { Buffer } from 'node:buffer';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';

import { repositoryOf } from './wire.ts';

export interface GatedRepository {
  readonly id: number;
  readonly owner: string;
  name: string;
  /** null: the app isn't installed there. */
  installationId: number | null;
}

export interface GatedRun {
  readonly id: number;
  readonly repositoryId: number;
  attempt: number;
  conclusion: 'failure' | 'success' | 'cancelled' | null;
  /** Name → whose word its job waits for. */
  readonly waiting: Map<string, 'this-app' | 'another'>;
  /** What the app said of this attempt. */
  readonly said: { environment: string; state: 'approved' | 'rejected' | null; comment: string }[];
}

export interface HookDelivery {
  readonly id: number;
  readonly guid: string;
  readonly at: string;
  readonly again: boolean;
  readonly status: number;
  readonly body: string;
  readonly repositoryId: number;
  readonly installationId: number;
}

export interface Dispatch {
  readonly repository: string;
  readonly eventType: string;
  readonly payload: unknown;
}

/** Its number; the policy repository's app is another one. */
export const publishAppId = 31_338;
const lifetimeSeconds = 3600;

export class PublishingState {
  readonly repositories = new Map<number, GatedRepository>();
  readonly runs = new Map<number, GatedRun>();
  readonly deliveries: HookDelivery[] = [];
  readonly dispatches: Dispatch[] = [];
  /** Token → the repositories and until when. */
  readonly tokens = new Map<string, { repositoryIds: readonly number[]; until: number }>();
  readonly secret = randomBytes(20).toString('hex');
  /** Where the app's webhook leads; null: GitHub reaches nobody. */
  hook: string | null = null;
  base = '';
  #lastId = 40;

  add(id: number, path: string, installationId: number | null = 7_000_000 + id): GatedRepository {
    const [owner = '', name = ''] = path.split('/');
    const repository = { id, owner, name, installationId };
    this.repositories.set(id, repository);
    return repository;
  }

  /** A run whose job of an environment waits; the webhook isn't sent by this. */
  wait(repositoryId: number, runId: number, environment: string, whose: 'this-app' | 'another' = 'this-app') {
    const run = this.runs.get(runId) ?? {
      id: runId,
      repositoryId,
      attempt: 1,
      conclusion: null,
      waiting: new Map(),
      said: [],
    };
    run.waiting.set(environment, whose);
    this.runs.set(runId, run);
    return run;
  }

  /** Somebody runs it again: the job waits anew, and nothing was said yet. */
  again(runId: number, environment: string): void {
    const run = this.runs.get(runId);
    if (run === undefined) throw new Error(`there is no run ${runId}`);
    run.attempt += 1;
    run.conclusion = null;
    run.said.length = 0;
    run.waiting.set(environment, 'this-app');
  }

  /** With the tokens that it had. */
  uninstall(repositoryId: number): void {
    const repository = this.repositories.get(repositoryId);
    if (repository !== undefined) repository.installationId = null;
    for (const [token, { repositoryIds }] of this.tokens)
      if (repositoryIds.includes(repositoryId)) this.tokens.delete(token);
  }

  makeToken(repositoryIds: readonly number[], nowSeconds: number) {
    const token = `ghs_${randomBytes(18).toString('hex')}`;
    this.tokens.set(token, { repositoryIds, until: nowSeconds + lifetimeSeconds });
    return { token, expiresAt: new Date((nowSeconds + lifetimeSeconds) * 1000).toISOString() };
  }

  payload(run: GatedRun, environment: string): Readonly<Record<string, unknown>> {
    const repository = this.repositories.get(run.repositoryId);
    if (repository === undefined) throw new Error(`there is no repository ${run.repositoryId}`);
    const at = `${this.base}/repos/${repository.owner}/${repository.name}`;
    return {
      action: 'requested',
      environment,
      event: 'push',
      ref: 'refs/tags/v1.2.0',
      sha: 'd'.repeat(40),
      deployment_callback_url: `${at}/actions/runs/${run.id}/deployment_protection_rule`,
      repository: repositoryOf(this.base, repository),
      installation: { id: repository.installationId ?? 1, node_id: 'MDIzOk' },
    };
  }

  /** Sends the webhook, signed, as GitHub does: once, whatever becomes of it. → the answer's status; 0: nobody answered. */
  async ask(runId: number, environment: string, changes: object = {}): Promise<number> {
    const run = this.runs.get(runId);
    if (run === undefined) throw new Error(`there is no run ${runId}`);
    const body = JSON.stringify({ ...this.payload(run, environment), ...changes });
    return this.send({ body, guid: randomUUID(), again: false, repositoryId: run.repositoryId });
  }

  async send(delivery: {
    readonly body: string;
    readonly guid: string;
    readonly again: boolean;
    readonly repositoryId: number;
    readonly signature?: string;
  }): Promise<number> {
    const { body, guid, again, repositoryId } = delivery;
    let status = 0;
    if (this.hook !== null) {
      const hmac = createHmac('sha256', this.secret).update(Buffer.from(body)).digest('hex');
      const response = await fetch(this.hook, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'X-GitHub-Event': 'deployment_protection_rule',
          'X-GitHub-Delivery': guid,
          'X-Hub-Signature-256': delivery.signature ?? `sha256=${hmac}`,
        },
        body,
      }).catch(() => null);
      status = response?.status ?? 0;
      await response?.body?.cancel();
    }
    this.#lastId += 1;
    this.deliveries.unshift({
      id: this.#lastId,
      guid,
      at: new Date().toISOString(),
      again,
      status,
      body,
      repositoryId,
      installationId: this.repositories.get(repositoryId)?.installationId ?? 1,
    });
    return status;
  }
}
