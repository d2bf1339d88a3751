/** How the workflow was run: by what, where, and as which attempt. */
import type { Finding } from '../../../wire/finding/index.ts';
import { parseRunUri } from '../claims.ts';
import { judge, type Context } from './context.ts';

export function trigger(context: Context): Finding {
  const { triggers } = context.policy;
  return judge(context, {
    rule: 'origin.trigger',
    what: 'the event that started the build',
    claim: context.claims.trigger,
    expected: triggers.join(', '),
    accepts: (value) => triggers.includes(value),
    refusal: 'The build was started by an event that the policy does not allow.',
    fix:
      'Build on one of the allowed events. pull_request_target and workflow_run run with secrets on code that ' +
      'others wrote and should stay out of the policy.',
    path: ['triggers'],
  });
}

export function runner(context: Context): Finding {
  const { runner: wanted } = context.policy;
  // A group can have machines of either kind: which group it was, the host is asked.
  const kinds = wanted === 'github-hosted' ? [wanted] : ['github-hosted', 'self-hosted'];
  return judge(context, {
    rule: 'origin.runner',
    what: 'the machine that built',
    claim: context.claims.runner,
    expected: kinds.join(' or '),
    accepts: (value) => kinds.includes(value),
    refusal: "The build ran on a machine that the code host doesn't provide; what was on it is unknown.",
    fix: 'Set runs-on of the release job to a runner hosted by GitHub, such as ubuntu-24.04.',
    path: ['runner'],
  });
}

export function run(context: Context): Finding {
  const { uri } = context.policy.repository;
  return judge(context, {
    rule: 'origin.run',
    what: 'the run that built',
    claim: context.claims.runUri,
    expected: `${uri}/actions/runs/…`,
    accepts: (value) => parseRunUri(value)?.repositoryUri === uri,
    refusal: "The certificate names no run of the project's repository.",
    fix: "Build in the project's own repository with a current attestation action.",
    path: ['repository', 'uri'],
  });
}

export function rerun(context: Context): Finding {
  const allowed = context.policy.allowReruns === true;
  return judge(context, {
    rule: 'origin.rerun',
    what: 'the attempt of the run',
    claim: context.claims.runUri,
    expected: allowed ? 'any attempt' : 'the first attempt',
    accepts: (value) => {
      const attempt = parseRunUri(value)?.attempt;
      return attempt !== undefined && (allowed || attempt === 1);
    },
    refusal: 'The file comes from a repeated attempt, which can replay an old commit long after its release.',
    fix: 'Start a new run instead of running the old one again, or allow reruns in the policy.',
    path: ['reruns'],
  });
}
