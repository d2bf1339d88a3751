/** What an app that is a protection rule asks of GitHub, and what a token of a project's own may dispatch. */
import { z } from 'zod';
import type { Json } from '../resources.ts';
import { found, notFound, Refusal, type Answer } from '../route.ts';
import { ownerOf, repositoryOf } from './wire.ts';
import { publishAppId, type GatedRepository, type GatedRun, type PublishingState } from './state.ts';

export interface PublishingCall {
  readonly state: PublishingState;
  readonly base: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of the token; null: the app itself asks. */
  readonly repositoryIds: readonly number[] | null;
  readonly body: <S extends z.ZodType>(schema: S) => z.output<S>;
  readonly nowSeconds: number;
}

interface PublishingRoute {
  readonly method: 'GET' | 'POST';
  readonly template: string;
  readonly as: 'app' | 'installation';
  readonly run: (call: PublishingCall) => Answer;
}

const commentCharactersMax = 1_024;
const commentsMax = 10;

const review = z.object({
  environment_name: z.string().min(1),
  state: z.enum(['approved', 'rejected']).optional(),
  comment: z.string().max(commentCharactersMax).optional(),
});

export const publishingRoutes: readonly PublishingRoute[] = [
  {
    method: 'GET',
    template: '/installation/repositories',
    as: 'installation',
    run: ({ state, base, repositoryIds }) => {
      const mine = (repositoryIds ?? []).map((id) => found(state.repositories.get(id)));
      const repositories = mine.map((repository) => repositoryOf(base, repository));
      return { status: 200, body: { total_count: mine.length, repositories } };
    },
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/actions/runs/{run_id}',
    as: 'installation',
    run: (call) => ({ status: 200, body: runResource(call, runOf(call)) }),
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/actions/runs',
    as: 'installation',
    run: (call) => {
      const { id } = repositoryAt(call);
      const runs = [...call.state.runs.values()].filter(
        (run) => run.repositoryId === id && (call.query.get('status') !== 'waiting' || run.waiting.size > 0),
      );
      const items = runs.toReversed().map((run) => runResource(call, run));
      return { status: 200, items, within: 'workflow_runs' };
    },
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments',
    as: 'installation',
    run: (call) => ({
      status: 200,
      body: [...runOf(call).waiting.keys()].map((name, index) => ({
        environment: { id: index + 1, node_id: `EN_${index}`, name, url: call.base, html_url: call.base },
        wait_timer: 0,
        wait_timer_started_at: null,
        current_user_can_approve: false,
        reviewers: [],
      })),
    }),
  },
  {
    method: 'POST',
    template: '/repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule',
    as: 'installation',
    run: (call) => {
      const run = runOf(call);
      const { environment_name: environment, state = null, comment = '' } = call.body(review);
      if (run.waiting.get(environment) !== 'this-app') {
        throw new Refusal(422, 'The deployment isn’t waiting for a protection rule of this app');
      }
      if (state === null && run.said.filter((one) => one.state === null).length >= commentsMax) {
        throw new Refusal(422, 'Too many status reports');
      }
      run.said.push({ environment, state, comment });
      if (state !== null) run.waiting.delete(environment);
      if (state === 'rejected') run.conclusion = 'failure';
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/installation',
    as: 'app',
    run: (call) => {
      const repository = repositoryNamed(call);
      const installationId = found(repository.installationId);
      return { status: 200, body: installationResource(call.base, repository, installationId) };
    },
  },
  {
    method: 'POST',
    template: '/app/installations/{installation_id}/access_tokens',
    as: 'app',
    run: ({ state, path, body, nowSeconds }) => {
      const asked = body(
        z.object({ repository_ids: z.array(z.number().int()).min(1), permissions: z.object({}) }),
      );
      const installed = [...state.repositories.values()].filter(
        ({ installationId }) => String(installationId) === path['installation_id'],
      );
      if (installed.length === 0) throw notFound();
      const ids = new Set(installed.map(({ id }) => id));
      if (!asked.repository_ids.every((id) => ids.has(id))) {
        throw new Refusal(422, 'There is at least one repository that does not exist or is not accessible');
      }
      const { token, expiresAt } = state.makeToken(asked.repository_ids, nowSeconds);
      const permissions = { actions: 'read', deployments: 'write', metadata: 'read' };
      return {
        status: 201,
        body: { token, expires_at: expiresAt, permissions, repository_selection: 'selected' },
      };
    },
  },
  {
    method: 'GET',
    template: '/app/hook/deliveries',
    as: 'app',
    run: ({ state }) => ({
      status: 200,
      items: state.deliveries.map((delivery) => ({
        id: delivery.id,
        guid: delivery.guid,
        delivered_at: delivery.at,
        redelivery: delivery.again,
        duration: 0.1,
        status: delivery.status >= 200 && delivery.status <= 299 ? 'OK' : 'failed',
        status_code: delivery.status,
        event: 'deployment_protection_rule',
        action: 'requested',
        installation_id: delivery.installationId,
        repository_id: delivery.repositoryId,
      })),
    }),
  },
  {
    method: 'POST',
    template: '/app/hook/deliveries/{delivery_id}/attempts',
    as: 'app',
    run: ({ state, path }) => {
      const delivery = found(state.deliveries.find(({ id }) => String(id) === path['delivery_id']));
      // It is on its way once GitHub has answered.
      setTimeout(() => void state.send({ ...delivery, again: true }), 0);
      return { status: 202, body: {} };
    },
  },
];

/** A token of the project's own, which the fake takes whatever it is. */
export const dispatchTemplate = '/repos/{owner}/{repo}/dispatches';
export const dispatchBody = z.object({
  event_type: z.string().min(1).max(100),
  client_payload: z
    .record(z.string(), z.unknown())
    .refine((payload) => Object.keys(payload).length <= 10, 'No more than 10 properties are allowed'),
});

function repositoryNamed({ state, path }: PublishingCall): GatedRepository {
  return found(
    [...state.repositories.values()].find(
      ({ owner, name }) => owner === path['owner'] && name === path['repo'],
    ),
  );
}

/** Only what the token is for. */
function repositoryAt(call: PublishingCall): GatedRepository {
  const repository = repositoryNamed(call);
  if (call.repositoryIds?.includes(repository.id) !== true) throw notFound();
  return repository;
}

function runOf(call: PublishingCall): GatedRun {
  const { id } = repositoryAt(call);
  const run = found(call.state.runs.get(Number(call.path['run_id'])));
  if (run.repositoryId !== id) throw notFound();
  return run;
}

function runResource({ state, base }: PublishingCall, run: GatedRun): Json {
  const repository = found(state.repositories.get(run.repositoryId));
  const resource = repositoryOf(base, repository);
  const url = `${base}/repos/${repository.owner}/${repository.name}/actions/runs/${run.id}`;
  const time = '2026-11-30T00:00:00Z';
  return {
    id: run.id,
    node_id: `WFR_${run.id}`,
    name: 'release',
    head_branch: 'v1.2.0',
    head_sha: 'd'.repeat(40),
    path: '.github/workflows/release.yml',
    run_number: 1,
    run_attempt: run.attempt,
    event: 'push',
    display_title: 'Release 1.2.0',
    status: run.waiting.size > 0 ? 'waiting' : 'completed',
    conclusion: run.waiting.size > 0 ? null : (run.conclusion ?? 'success'),
    workflow_id: 1,
    url,
    html_url: url,
    pull_requests: [],
    created_at: time,
    updated_at: time,
    run_started_at: time,
    ...Object.fromEntries(
      ['jobs', 'logs', 'check_suite', 'artifacts', 'cancel', 'rerun', 'workflow'].map((name) => [
        `${name}_url`,
        `${url}/${name}`,
      ]),
    ),
    head_commit: null,
    repository: resource,
    head_repository: resource,
  };
}

function installationResource(base: string, repository: GatedRepository, id: number): Json {
  const time = '2026-11-01T00:00:00Z';
  return {
    id,
    account: ownerOf(base, repository),
    app_id: publishAppId,
    app_slug: 'countersign-publish',
    target_id: 1,
    target_type: 'Organization',
    repository_selection: 'selected',
    access_tokens_url: `${base}/app/installations/${id}/access_tokens`,
    repositories_url: `${base}/installation/repositories`,
    html_url: `${base}/settings/installations/${id}`,
    permissions: { actions: 'read', deployments: 'write', metadata: 'read' },
    events: ['deployment_protection_rule'],
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
    created_at: time,
    updated_at: time,
  };
}
