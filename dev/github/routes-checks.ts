/** Check runs with GitHub's rules: at most 50 annotations at a time, only ever added, columns on one line only. */
import { z } from 'zod';
import { found, type Call, type Route } from './route.ts';
import type { CheckRun } from './state.ts';

const at = '/repos/{owner}/{repo}';

const line = z.number().int().positive();
const annotation = z
  .object({
    path: z.string().min(1),
    start_line: line,
    end_line: line,
    start_column: line.optional(),
    end_column: line.optional(),
    annotation_level: z.enum(['notice', 'warning', 'failure']),
    message: z.string().min(1).max(65_536),
    title: z.string().max(255).optional(),
  })
  .refine((each) => each.end_line >= each.start_line)
  .refine((each) => each.start_line === each.end_line || each.start_column === undefined);
const changes = z
  .object({
    name: z.string().min(1).optional(),
    external_id: z.string().optional(),
    status: z.enum(['queued', 'in_progress', 'completed']).optional(),
    conclusion: z.enum(['success', 'failure', 'neutral', 'action_required']).optional(),
    output: z
      .object({
        title: z.string().min(1),
        summary: z.string().max(65_535),
        annotations: z.array(annotation).max(50).default([]),
      })
      .optional(),
  })
  .refine((asked) => asked.status !== 'completed' || asked.conclusion !== undefined);
const making = z.intersection(changes, z.object({ name: z.string(), head_sha: z.string() }));

function change({ state }: Call, run: CheckRun, asked: z.output<typeof changes>): void {
  run.name = asked.name ?? run.name;
  run.externalId = asked.external_id ?? run.externalId;
  run.status = asked.status ?? run.status;
  if (asked.conclusion !== undefined) {
    run.status = 'completed';
    run.conclusion = asked.conclusion;
    run.completedAt = state.now();
  }
  if (asked.output !== undefined) {
    run.title = asked.output.title;
    run.summary = asked.output.summary;
    run.annotations.push(...asked.output.annotations);
  }
}

const runOf = ({ state, path }: Call): CheckRun => found(state.checkRuns.get(Number(path['check_run_id'])));

export const checkRoutes: readonly Route[] = [
  {
    method: 'POST',
    template: `${at}/check-runs`,
    run: (call) => {
      const { state, wire } = call;
      const asked = call.body(making);
      const run: CheckRun = {
        id: state.nextId(),
        name: asked.name,
        head: found(state.objects.commits.get(asked.head_sha)).sha,
        externalId: null,
        status: 'queued',
        conclusion: null,
        title: null,
        summary: null,
        annotations: [],
        startedAt: state.now(),
        completedAt: null,
      };
      change(call, run, asked);
      state.checkRuns.set(run.id, run);
      state.tell('check_run', { action: run.conclusion === null ? 'created' : 'completed', run });
      return { status: 201, body: wire.checkRun(run) };
    },
  },
  {
    method: 'PATCH',
    template: `${at}/check-runs/{check_run_id}`,
    run: (call) => {
      const run = runOf(call);
      change(call, run, call.body(changes));
      if (run.conclusion !== null) call.state.tell('check_run', { action: 'completed', run });
      return { status: 200, body: call.wire.checkRun(run) };
    },
  },
  {
    method: 'GET',
    template: `${at}/check-runs/{check_run_id}`,
    run: (call) => ({ status: 200, body: call.wire.checkRun(runOf(call)) }),
  },
  {
    method: 'GET',
    template: `${at}/commits/{ref}/check-runs`,
    run: ({ state, wire, path, query }) => {
      const commit = found(state.objects.resolve(path['ref'] ?? ''));
      const runs = [...state.checkRuns.values()].filter((run) => run.head === commit);
      const last = new Map(runs.map((run) => [run.name, run]));
      const items = query.get('filter') === 'all' ? runs.reverse() : [...last.values()];
      return { status: 200, within: 'check_runs', items: items.map((run) => wire.checkRun(run)) };
    },
  },
];
