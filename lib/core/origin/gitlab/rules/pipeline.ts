/** How the pipeline was run: started by what, where, and as which job. */
import type { Finding } from '../../../wire/finding/index.ts';
import { exactly } from '../../judge-claim.ts';
import { jobOfUri } from '../claims.ts';
import { judge, type Context } from './context.ts';

/**
 * The pipeline of a merge request has a branch's name for its ref, and before GitLab 18.2.2 the target's ids, though a fork's commits
 * are built. How it was started is what gives it away.
 */
export function trigger(context: Context): Finding {
  const { pipelineSources } = context.policy;
  return judge(context, {
    rule: 'origin.trigger',
    what: 'how the pipeline was started',
    claim: context.claims.trigger,
    expected: pipelineSources.join(', '),
    accepts: (value) => pipelineSources.includes(value),
    refusal: 'The pipeline was started in a way that the policy does not allow.',
    fix:
      'Build in a pipeline of one of the allowed sources. merge_request_event and external_pull_request_event run ' +
      'what others wrote; parent_pipeline and pipeline run what another pipeline says. None of them can be allowed.',
    path: ['pipelineSources'],
  });
}

export function runner(context: Context): Finding {
  const expected = context.policy.runner;
  const hosted = expected === 'gitlab-hosted';
  return judge(context, {
    rule: 'origin.runner',
    what: 'the machine that built',
    claim: context.claims.runner,
    expected,
    accepts: exactly(expected),
    refusal: hosted
      ? 'The build ran on a machine that GitLab doesn’t provide; what was on it is unknown.'
      : 'The build ran on another kind of machine than the policy names.',
    fix: hosted
      ? 'Set the tags of the job to a runner hosted by GitLab, such as saas-linux-small-amd64.'
      : 'Set the tags of the job to a runner of the project’s own, or write runner: gitlab-hosted in the policy.',
    path: ['runner'],
  });
}

export function run(context: Context): Finding {
  const { uri } = context.policy.repository;
  return judge(context, {
    rule: 'origin.run',
    what: 'the job that built',
    claim: context.claims.runUri,
    expected: `${uri}/-/jobs/…`,
    accepts: (value) => jobOfUri(value)?.project === uri,
    refusal: 'The certificate names no job of the project.',
    fix: 'Build and attest in a job of the project itself.',
    path: ['repository', 'uri'],
  });
}
