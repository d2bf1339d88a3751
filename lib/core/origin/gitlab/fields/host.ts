/** What GitLab itself is asked when a file is signed, since no certificate says it. docs/guides/code-host.md */
import { allowList, loosens, steps, type Judged } from '../../../field-record/index.ts';
import type { GitLabOrigin } from '../../../generated/index.ts';
import { list } from '../../../text/list/index.ts';
import { codeHostField, commitOnFields, hostEnforces, unknownField } from '../../fields/index.ts';
import type { OriginField } from '../../field.ts';
import { hostLinesIn } from '../host/lines.ts';
import type { GitLabPolicy } from '../policy.ts';

type Field = OriginField<GitLabOrigin, GitLabPolicy>;

const enforcedBy = hostEnforces('GitLab');

export const pipelineFields: readonly Field[] = [
  {
    path: 'requirePipelineSuccess',
    schema: {
      description:
        'true: the whole pipeline must have ended with success, not only the job that attested. The job that submits, and those that come after it or wait for a person, are left out.',
      type: 'boolean',
    },
    measure: steps('Success of the whole pipeline', [false, true], false),
    says: ({ origin }) =>
      origin.requirePipelineSuccess === true ? ['The whole pipeline must have ended with success.'] : [],
    asksHost: (origin) => (origin.requirePipelineSuccess === true ? 'how the whole pipeline ended' : null),
    form: {
      label: 'Success of the whole pipeline',
      hint: 'Whether every job of the pipeline must have ended with success, besides the one that submits and those after it.',
      kind: 'choice',
      boolean: true,
      options: [
        ['true', 'Required'],
        ['false', 'Not required'],
      ],
      optional: true,
    },
    reference: {
      meaning:
        '`true`: the whole pipeline ended with success (rule `origin.run-success`). See below for which jobs are left out while it goes on',
      enforcedBy,
    },
  },
  {
    path: 'retries',
    schema: {
      description:
        'refused: no job of the pipeline was retried. allowed (where left out): not asked. No certificate says it.',
      enum: ['allowed', 'refused'],
    },
    measure: steps('Retried jobs', ['allowed', 'refused'], 'allowed'),
    says: ({ origin }) =>
      origin.retries === 'refused' ? ['No job of its pipeline may have been retried.'] : [],
    asksHost: ({ retries }) => (retries === 'refused' ? 'whether a job was retried' : null),
    form: {
      label: 'Retried jobs',
      hint: 'Whether a pipeline counts in which a job was run again.',
      kind: 'choice',
      options: [
        ['allowed', 'Allowed'],
        ['refused', 'Refused'],
      ],
      optional: true,
    },
    reference: {
      meaning:
        '`refused`: no job of the pipeline was run twice, neither by hand nor by `retry` of its configuration (rule `origin.host-retries`). `allowed` (default)',
      enforcedBy,
    },
  },
  {
    path: 'pipelineVariables',
    schema: {
      description:
        'Who may set variables of a pipeline when it is started, at the most: no-one, maintainers (with owners). Left out: not asked.',
      enum: ['no-one', 'maintainers'],
    },
    measure: steps('Who may set variables of a pipeline', ['anybody', 'maintainers', 'no-one'], 'anybody'),
    says: ({ origin }) =>
      origin.pipelineVariables === undefined
        ? []
        : [
            `${origin.pipelineVariables === 'no-one' ? 'Nobody' : 'Only maintainers or higher'} may set variables of a pipeline when it is started.`,
          ],
    asksHost: ({ pipelineVariables }) =>
      pipelineVariables === undefined ? null : 'who may set variables of a pipeline',
    form: {
      label: 'Variables of pipelines',
      hint: 'Who may set variables when a pipeline is started, at the most. Whoever may can have its jobs run what they like.',
      kind: 'choice',
      options: [
        ['no-one', 'No one'],
        ['maintainers', 'Maintainers'],
      ],
      optional: true,
    },
    reference: {
      meaning:
        '`no-one` or `maintainers` (with owners): who may set variables when a pipeline is started, at the most, by hand, the API, a trigger, a schedule or options of a push (rule `origin.pipeline-variables`). Left out, not asked',
      enforcedBy,
    },
  },
  {
    path: 'runners',
    schema: { $ref: '#/$defs/Runners' },
    measure: measureRunners,
    says: ({ origin }) => describeRunners(origin),
    asksHost: ({ runners }) => (runners === undefined ? null : 'on which runner each job ran'),
    reference: {
      meaning:
        '`kinds` (`instance`, `group`, `project`) and `ids` (numbers, in quotes): every job of the pipeline ran on a runner of one of these kinds, or on one of these (rule `origin.host-runners`). Left out, wherever GitLab is asked: of the instance with `runner: gitlab-hosted`, any with `self-hosted`',
      enforcedBy,
    },
  },
  {
    path: 'runners kinds',
    schema: {
      description:
        'Kinds of runners, as GitLab calls them: of the whole instance, of a group, of the project.',
      type: 'array',
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      items: { $ref: '#/$defs/RunnerKind' },
    },
    measure: allowList('A runner of the kind'),
    form: {
      label: 'Kinds of runners',
      hint: 'instance, group or project, one to a line: on which runners every job of the pipeline may run. Neither kinds nor numbers: as the runner above says.',
      kind: 'lines',
      optional: true,
    },
  },
  { path: 'runners kinds *', measure: allowList('A runner of the kind') },
  {
    path: 'runners ids',
    schema: {
      description: 'Numbers of runners, in quotes: of the project’s settings, under CI/CD.',
      type: 'array',
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
      items: {
        description: 'The number of a runner.',
        type: 'string',
        maxLength: 19,
        pattern: '^[1-9][0-9]{0,18}$',
      },
    },
    measure: allowList('The runner'),
    form: {
      label: 'Numbers of runners',
      hint: 'One to a line: runners on which jobs may run besides those kinds.',
      kind: 'lines',
      optional: true,
    },
  },
  { path: 'runners ids *', measure: allowList('The runner') },
];

/** What a missing line means hangs on the runner: coming or going, it may allow others. */
function measureRunners(): Judged {
  return loosens('On which runners jobs may run comes or goes as a whole.');
}

const kindNames = { instance: 'the instance', group: 'a group', project: 'the project' } as const;

function describeRunners({ runners }: GitLabOrigin): readonly string[] {
  if (runners === undefined) return [];
  const { kinds = [], ids = [] } = runners;
  const where = [
    ...(kinds.length === 0
      ? []
      : [
          `on a runner of ${list(
            kinds.map((kind) => kindNames[kind]),
            'or',
          )}`,
        ]),
    ...(ids.length === 0 ? [] : [`on the runner ${list(ids, 'or')}`]),
  ];
  return [`Every job of its pipeline must have run ${list(where, 'or')}.`];
}

export const hostFields: readonly Field[] = [
  ...commitOnFields('GitLab'),
  codeHostField({
    host: 'GitLab',
    asked:
      'whether project, job and pipeline are the certified ones, whether every job ran where it may, and whether commit and tag are still there',
    meaning:
      '`asked`: GitLab itself is asked about the project (rule `origin.host-repository`) and its CI configuration (rule `origin.host-configuration`), job and pipeline (rule `origin.host-run`), the runners of all jobs (rule `origin.host-runners`), the commit (rule `origin.host-commit`) and the tag (rule `origin.host-tag`)',
    about: 'project, job, pipeline, runners of all jobs, commit and tag',
    linesIn: hostLinesIn,
  }),
  unknownField('GitLab', hostLinesIn),
];
