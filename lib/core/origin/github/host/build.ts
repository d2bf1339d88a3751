/** Repository, run and jobs: what the host says of them now, against what the build's certificate says. */
import type { Finding } from '../../../wire/finding/index.ts';
import type { Job, Run } from './answers.ts';
import { isFinding, type Asked, type Judge } from '../../host-judge.ts';
import type { Look } from './context.ts';

const asAttested = 'Submit a build of the project’s own repository; tell the foundation if this one is.';

export function repository(look: Look, judge: Judge): Finding {
  const { repository: wanted } = look.policy;
  const asked: Asked = {
    rule: 'origin.host-repository',
    whether: 'the repository is still the same',
    path: ['repository'],
  };
  const answer = judge.told(asked, look.questions.repository);
  if (isFinding(answer)) return answer;
  const { id, owner, private: isPrivate } = answer.said;
  const found = `repository ${id} of owner ${owner.id}, ${isPrivate ? 'private' : 'public'}`;
  const visible = look.policy.visibility === 'public' ? ', public' : '';
  const expected = `repository ${wanted.id} of owner ${wanted.ownerId}${visible}`;
  if (String(id) !== wanted.id || String(owner.id) !== wanted.ownerId) {
    const message = 'At the repository’s address is another repository by now, or it has another owner.';
    const fix =
      'Find out who has the name now. If the repository was moved on purpose, change `repository` in the policy.';
    return judge.refused(asked, message, found, expected, fix);
  }
  if (visible !== '' && isPrivate) {
    const fix = 'Make the repository public, or set visibility to any in the policy.';
    return judge.refused(asked, 'The repository isn’t public any more.', found, expected, fix);
  }
  return judge.held(asked, 'The repository is the policy’s, by its numbers.', found, expected);
}

/** null: nothing can be said of the run. */
export function runOf(look: Look, judge: Judge): { readonly run: Run | null; readonly finding: Finding } {
  const asked: Asked = {
    rule: 'origin.host-run',
    whether: 'the run is the one that attested',
    path: ['workflow'],
  };
  const answer = judge.told(asked, look.questions.run(look.run.id, look.run.attempt));
  if (isFinding(answer)) return { run: null, finding: answer };
  const { said: run } = answer;
  const { policy, claims } = look;
  const wrong = [
    String(run.id) === look.run.id ? [] : [`run ${run.id}`],
    run.run_attempt === look.run.attempt ? [] : [`attempt ${run.run_attempt}`],
    run.path === policy.workflow || run.path.startsWith(`${policy.workflow}@`) ? [] : [run.path],
    run.event === claims.trigger ? [] : [`event ${run.event}`],
    run.head_sha === claims.commit ? [] : [`commit ${run.head_sha}`],
    String(run.repository.id) === policy.repository.id ? [] : [`repository ${run.repository.id}`],
    String(run.head_repository?.id ?? 'none') === policy.repository.id
      ? []
      : [`code of repository ${run.head_repository?.id ?? 'none'}`],
  ].flat();
  const expected = `${policy.workflow}, ${claims.trigger}, ${claims.commit}, attempt ${look.run.attempt}`;
  if (wrong.length > 0) {
    const message = 'GitHub says something else of the run than its certificate.';
    return { run: null, finding: judge.refused(asked, message, wrong.join(', '), expected, asAttested) };
  }
  return {
    run,
    finding: judge.held(asked, 'GitHub says the same of the run as its certificate.', expected, expected),
  };
}

/** null: they aren't known. */
export function jobsOf(
  look: Look,
  judge: Judge,
): { readonly jobs: readonly Job[] | null; readonly finding: Finding } {
  const { runner } = look.policy;
  const groups = runner === 'github-hosted' ? [hostedGroup] : runner.groups;
  const asked: Asked = {
    rule: 'origin.host-runners',
    whether: 'every job ran where it may',
    path: ['runner'],
  };
  const answer = judge.told(asked, look.questions.jobs(look.run.id, look.run.attempt));
  if (isFinding(answer)) return { jobs: null, finding: answer };
  const { jobs } = answer.said;
  const foreign = jobs.filter((job) => !isOfRun(look, job));
  const expected = `every job on a runner of ${groups.join(' or ')}`;
  if (jobs.length === 0 || foreign.length > 0) {
    const message = 'GitHub lists no jobs of this run, or jobs of another.';
    const found =
      foreign[0] === undefined ? 'no jobs' : `run ${foreign[0].run_id}, attempt ${foreign[0].run_attempt}`;
    return { jobs: null, finding: judge.refused(asked, message, found, expected, asAttested) };
  }
  const others = jobs.filter((job) => ranSomewhere(job) && !groups.includes(job.runner_group_name ?? ''));
  if (others.length > 0) {
    const message =
      'A job of the run was on a machine that the policy doesn’t allow; what it handed on is unknown.';
    const found = others
      .slice(0, 10)
      .map((job) => `${job.name}: ${job.runner_group_name ?? 'no group'}`)
      .join('; ')
      .slice(0, 500);
    const fix =
      runner === 'github-hosted'
        ? 'Set runs-on of every job to a runner hosted by GitHub, such as ubuntu-24.04.'
        : 'Run every job on a runner of these groups, or add the group to runner.groups in the policy.';
    return { jobs, finding: judge.refused(asked, message, found, expected, fix) };
  }
  const count = `${jobs.filter(ranSomewhere).length} of ${jobs.length} jobs have run`;
  return {
    jobs,
    finding: judge.held(
      asked,
      'Every job of the run was on a runner that the policy allows.',
      count,
      expected,
    ),
  };
}

/** Of machines that GitHub provides; each organization has the name, so no other group can take it. */
const hostedGroup = 'GitHub Actions';

const isOfRun = ({ run, claims }: Look, job: Job): boolean =>
  String(job.run_id) === run.id && job.run_attempt === run.attempt && job.head_sha === claims.commit;

/** A job that was skipped, or waits, was on no machine. What only says that it ran counts as having run. */
const ranSomewhere = ({ status, conclusion, runner_id: runner, runner_group_name: group }: Job): boolean =>
  runner !== null && runner !== 0
    ? true
    : group !== null && group !== ''
      ? true
      : status === 'in_progress' ||
        (status === 'completed' && conclusion !== 'skipped' && conclusion !== 'cancelled');

const goodEnds = ['success', 'skipped', 'neutral'];

/**
 * Whether the run ended with success. It can't have ended while one of its jobs waits for the release: a job that is held by an
 * environment (`waiting`) is left out, and so is the only job that still runs, which is the one that submits and asks for the outcome.
 * Any other that isn't over is waited for; one that ended badly refuses, whatever the run will make of it.
 */
export function success(
  look: Look,
  judge: Judge,
  run: Run | null,
  jobs: readonly Job[] | null,
): { readonly finding: Finding | null; readonly later: string | null } {
  if (!look.lines.runSuccess) return { finding: null, later: null };
  const asked: Asked = {
    rule: 'origin.run-success',
    whether: 'the run ended with success',
    path: ['requireRunSuccess'],
  };
  const expected = 'success';
  const again = 'Correct what failed and build again: publish nothing of a run that failed.';
  if (run === null) {
    return {
      finding: judge.unknown(asked, 'nothing certain is known of the run', 'See the finding about the run.'),
      later: null,
    };
  }
  if (run.status === 'completed') {
    const found = run.conclusion ?? 'no conclusion';
    if (found === 'success')
      return { finding: judge.held(asked, 'The run ended with success.', found, expected), later: null };
    return {
      finding: judge.refused(asked, 'The run didn’t end with success.', found, expected, again),
      later: null,
    };
  }
  if (jobs === null) {
    return {
      finding: judge.unknown(asked, 'its jobs are not known', 'See the finding about the runners.'),
      later: null,
    };
  }
  const bad = jobs.filter(
    ({ status, conclusion }) => status === 'completed' && !goodEnds.includes(conclusion ?? ''),
  );
  if (bad.length > 0) {
    const found = bad
      .slice(0, 10)
      .map(({ name, conclusion }) => `${name}: ${conclusion ?? 'no conclusion'}`)
      .join('; ')
      .slice(0, 500);
    const fix = `${again} A job that may fail can’t be told from one that mustn’t until the run is over: submit after it.`;
    return { finding: judge.refused(asked, 'A job of the run failed.', found, expected, fix), later: null };
  }
  const open = jobs.filter(({ status }) => status !== 'completed' && status !== 'waiting');
  const running = open.filter(({ status }) => status === 'in_progress');
  if (open.length > 1 || running.length !== open.length) {
    const names = open
      .slice(0, 5)
      .map(({ name }) => name)
      .join(', ');
    return {
      finding: null,
      later: `the run isn't over: ${names} ${open.length === 1 ? 'is' : 'are'} still to end`,
    };
  }
  const left = jobs
    .filter(({ status }) => status !== 'completed')
    .map(({ name, status }) => `${name} (${status})`);
  const message =
    'Every job of the run but the one that submits, and those that wait for it, ended with success.';
  return {
    finding: judge.held(
      asked,
      message,
      left.length === 0 ? 'all jobs ended' : `left out: ${left.join(', ')}`.slice(0, 500),
      expected,
    ),
    later: null,
  };
}
