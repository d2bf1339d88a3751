/** Where the jobs of the build ran, whether one was retried, and how all ended. */
import type { Finding } from '../../../wire/finding/index.ts';
import { isFinding, type Asked, type Judge } from '../../host-judge.ts';
import type { Bridge, Job, Pipeline } from './answers.ts';
import { latest, pipelinesOf, type Look } from './context.ts';

export interface Jobs {
  /** Of the pipeline and of those of the project that it started; retried ones too. */
  readonly jobs: readonly Job[];
  /** Jobs that start pipelines. */
  readonly bridges: readonly Bridge[];
}

const about: Asked = { rule: 'origin.host-runners', whether: 'every job ran where it may', path: ['runner'] };
const aboutRunners = ({ lines: { runners: allowed } }: Look): Asked =>
  allowed.areNamed ? { ...about, path: ['runners'] } : about;

/** A finding: they aren't known. */
export function jobsOf(look: Look, judge: Judge): Jobs | Finding {
  const { questions, policy, claims } = look;
  const asked = aboutRunners(look);
  const ids = pipelinesOf(look);
  if (ids.length === 0) {
    return judge.unknown(asked, 'the pipeline is not known', 'See the finding about the pipeline.');
  }
  const jobs: Job[] = [];
  const bridges: Bridge[] = [];
  for (const id of ids) {
    const ofPipeline = judge.told(asked, questions.jobs(id));
    if (isFinding(ofPipeline)) return ofPipeline;
    const starting = judge.told(asked, questions.bridges(id));
    if (isFinding(starting)) return starting;
    const foreign = [...ofPipeline.said, ...starting.said].find(
      ({ pipeline }) =>
        pipeline.id !== id ||
        String(pipeline.project_id) !== policy.repository.id ||
        pipeline.sha !== claims.commit,
    );
    if (foreign !== undefined) {
      const message = 'GitLab lists jobs of another pipeline or commit among those of this build.';
      const found = `${foreign.name}: pipeline ${foreign.pipeline.id}, ${foreign.pipeline.sha}`;
      const fix = 'Start no pipelines of other commits of the project from the one that releases.';
      return judge.refused(asked, message, found, `pipeline ${id}, ${claims.commit}`, fix);
    }
    jobs.push(...ofPipeline.said);
    bridges.push(...starting.said);
  }
  if (!jobs.some(({ id }) => String(id) === look.job)) {
    const message = 'GitLab lists no such job in the pipeline as the one that attested.';
    const fix = 'Submit a build of the project’s own pipeline; tell the foundation if this one is.';
    return judge.refused(asked, message, `${jobs.length} others`, `job ${look.job}`, fix);
  }
  return { jobs, bridges };
}

export function runners(look: Look, judge: Judge, known: Jobs | Finding): Finding {
  if (isFinding(known)) return known;
  const { kinds, ids } = look.lines.runners;
  const asked = aboutRunners(look);
  const allowed = [...kinds.map((kind) => `of the ${kind}`), ...ids.map((id) => `number ${id}`)];
  const expected = `every job on a runner ${allowed.join(' or ')}`;
  const lost = known.bridges.filter(lostItsPipeline);
  if (lost.length > 0) {
    const message =
      'A job of the build started a pipeline that isn’t there any more; what ran in it is unknown.';
    const names = lost.slice(0, 10).map(({ name, status }) => `${name} (${status})`);
    const fix = 'Start a new pipeline, and keep those that it starts until the file is signed.';
    return judge.refused(asked, message, names.join('; ').slice(0, 1000), expected, fix);
  }
  const ran = known.jobs.filter(ranSomewhere);
  const others = ran.filter((job) => !mayRun(look, job));
  if (others.length === 0) {
    const count = `${ran.length} of ${known.jobs.length} jobs have run`;
    return judge.held(
      asked,
      'Every job of the build was on a runner that the policy allows.',
      count,
      expected,
    );
  }
  const message =
    'A job of the build was on a machine that the policy doesn’t allow; what it handed on is unknown.';
  const found = others
    .slice(0, 10)
    .map(({ name, runner }) => `${name}: ${shownRunner(runner)}`)
    .join('; ');
  const fix =
    'Set the tags of every job to runners that the policy allows, such as saas-linux-small-amd64 for one hosted by GitLab; or name the others in `runners`.';
  return judge.refused(asked, message, found.slice(0, 1000), expected, fix);
}

const kindNames: Readonly<Record<string, string>> = {
  instance_type: 'instance',
  group_type: 'group',
  project_type: 'project',
};

function mayRun({ lines: { runners: allowed } }: Look, { runner }: Job): boolean {
  if (runner === null || runner === undefined) return false;
  if (allowed.ids.includes(String(runner.id))) return true;
  const kind = Object.hasOwn(kindNames, runner.runner_type) ? kindNames[runner.runner_type] : undefined;
  // Said twice: where the two differ, neither counts.
  if (kind === undefined || runner.is_shared !== (kind === 'instance')) return false;
  return allowed.kinds.some((one) => one === kind);
}

const shownRunner = (runner: Job['runner']): string =>
  runner === null || runner === undefined
    ? 'a runner that isn’t there any more'
    : `runner ${runner.id}, ${runner.runner_type}`;

/** A job that waits, was skipped or canceled before it began, was on no machine. */
const ranSomewhere = (job: Job): boolean =>
  (job.runner !== null && job.runner !== undefined) || hasBegun(job);

const hasBegun = ({ started_at: started, status }: Job | Bridge): boolean =>
  (started !== null && started !== undefined) || ['running', 'success', 'canceling'].includes(status);

/** It began to start a pipeline, and there is none: an owner of the project may have deleted it. */
const namesNoPipeline = (bridge: Bridge): boolean =>
  (bridge.downstream_pipeline === null || bridge.downstream_pipeline === undefined) &&
  hasBegun(bridge) &&
  bridge.failure_reason !== 'downstream_pipeline_creation_failed';

const isAtIt = ({ status }: Bridge): boolean => status === 'running' || status === 'canceling';
const lostItsPipeline = (bridge: Bridge): boolean => namesNoPipeline(bridge) && !isAtIt(bridge);

/** What is about to start a pipeline, as a sentence: which one is seen when it is asked again. null: nothing. */
export function starting(known: Jobs | Finding): string | null {
  if (isFinding(known)) return null;
  const some = known.bridges.filter((bridge) => namesNoPipeline(bridge) && isAtIt(bridge));
  const names = some.slice(0, 10).map(({ name }) => name);
  return some.length === 0 ? null : `a job starts a pipeline: ${names.join(', ').slice(0, 500)}`;
}

/** A retried job is a job of the same name, and may have found another world than the first. */
export function retries(look: Look, judge: Judge, known: Jobs | Finding): readonly Finding[] {
  if (!look.lines.retriesRefused) return [];
  const asked: Asked = {
    rule: 'origin.host-retries',
    whether: 'a job was retried',
    path: ['retries'],
  };
  if (isFinding(known)) {
    return [judge.unknown(asked, 'its jobs are not known', 'See the finding about the runners.')];
  }
  const all = [...known.jobs, ...known.bridges];
  const last = new Set<Job | Bridge>(latest(all));
  const names = [...new Set(all.filter((job) => !last.has(job)).map(({ name }) => name))];
  const expected = 'every job run once';
  if (names.length === 0) {
    return [judge.held(asked, 'No job of the build was retried.', `${all.length} jobs`, expected)];
  }
  const fix = 'Start a new pipeline in place of retrying jobs, or allow retries in the policy.';
  const message = 'A job of the build was run again, perhaps long after its commit.';
  return [judge.refused(asked, message, names.slice(0, 10).join('; ').slice(0, 500), expected, fix)];
}

/** Nobody waits for these: they come after the job that submits, or a person starts them. */
const notBegun = ['created', 'manual', 'skipped'];
const endedBadly = ({ status, allow_failure: mayFail }: Job | Bridge): boolean =>
  status === 'canceled' || (status === 'failed' && !mayFail);
const ended = ({ status }: Job | Bridge): boolean => ['success', 'failed', 'canceled'].includes(status);

/**
 * Whether the pipeline ended with success. It can't have while a job of it waits for the release: the only job that runs is the one that
 * submits, and jobs that haven't begun come after it or wait for a person. Any other that isn't over is waited for; one that ended badly
 * refuses, whatever becomes of the pipeline. Pipelines of the project that it started are part of it.
 */
export function success(
  look: Look,
  judge: Judge,
  pipeline: Pipeline | null,
  known: Jobs | Finding,
): { readonly finding: Finding | null; readonly later: string | null } {
  if (!look.lines.pipelineSuccess) return { finding: null, later: null };
  const asked: Asked = {
    rule: 'origin.run-success',
    whether: 'the pipeline ended with success',
    path: ['requirePipelineSuccess'],
  };
  const expected = 'success';
  const end = (finding: Finding) => ({ finding, later: null });
  const again = 'Correct what failed and build again: publish nothing of a pipeline that failed.';
  if (pipeline === null || isFinding(known)) {
    const what = pipeline === null ? 'nothing certain is known of the pipeline' : 'its jobs are not known';
    return end(judge.unknown(asked, what, 'See the findings about pipeline and runners.'));
  }
  const { status } = pipeline;
  if (['failed', 'canceled', 'canceling', 'skipped'].includes(status)) {
    return end(judge.refused(asked, 'The pipeline didn’t end with success.', status, expected, again));
  }
  const isOver = status === 'success';
  // Of pipelines that it started GitLab says so by their own jobs alone, unless the job that started one was told to wait for it.
  const jobs = latest([...known.jobs, ...known.bridges]).filter(
    (job) => !isOver || job.pipeline.id !== pipeline.id,
  );
  const named = (some: readonly (Job | Bridge)[]): string =>
    some
      .slice(0, 10)
      .map((job) => `${job.name} (${job.status})`)
      .join(', ')
      .slice(0, 500);
  const bad = jobs.filter(endedBadly);
  if (bad.length > 0) {
    return end(judge.refused(asked, 'A job of the pipeline failed.', named(bad), expected, again));
  }
  const open = jobs.filter((job) => !ended(job));
  const going = open.filter((job) => !notBegun.includes(job.status));
  if (isOver && going.length === 0) {
    return end(judge.held(asked, 'The pipeline ended with success.', status, expected));
  }
  const held = open.filter(({ status: of }) => of === 'manual');
  const isOne = !isOver && going.length === 1 && going[0]?.status === 'running';
  // With no job that runs and none that a person starts, GitLab is about to start the next one.
  if (!isOne && !(going.length === 0 && held.length > 0)) {
    return { finding: null, later: `the pipeline isn't over: ${named(going.length === 0 ? open : going)}` };
  }
  const message =
    'Every job of the pipeline but the one that submits, and those after it, ended with success.';
  return end(judge.held(asked, message, `left out: ${named(open)}`, expected));
}
