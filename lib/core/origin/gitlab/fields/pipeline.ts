/** What builds, from where, started how, on whose machine. */
import {
  allowList,
  identity,
  neutral,
  steps,
  type Advice,
  type Measure,
} from '../../../field-record/index.ts';
import type { GitLabOrigin } from '../../../generated/index.ts';
import { list } from '../../../text/list/index.ts';
import { describeRefs, refFields } from '../../fields/index.ts';
import type { OriginField } from '../../field.ts';
import { configurationOf, configurationPattern, defaultConfiguration, type GitLabPolicy } from '../policy.ts';

type Field = OriginField<GitLabOrigin, GitLabPolicy>;
type PipelineSource = GitLabOrigin['pipelineSources'][number];

export const configuration: Field = {
  path: 'configuration',
  schema: {
    description:
      "The CI configuration that builds, from the project's root; .gitlab-ci.yml where left out. It must lie in the project itself.",
    type: 'string',
    maxLength: 200,
    pattern: configurationPattern,
  },
  measure: measureConfiguration,
  says: ({ origin }) => [`The build must run ${configurationOf(origin)} from ${describeRefs(origin)}.`],
  form: {
    label: 'CI configuration',
    hint: 'The file of the project that says how releases are built. A file built by any other is refused. Empty: .gitlab-ci.yml.',
    kind: 'text',
    optional: true,
  },
  reference: {
    meaning:
      'The CI configuration in that project (default `.gitlab-ci.yml`), at the ref and commit that were built (rules `origin.workflow`, `origin.signer`, `origin.commit`). One of another project or of the web is refused',
    enforcedBy: 'signer',
  },
};

/** A line that comes or goes is held against the file that counts where there is none. */
function measureConfiguration(...[difference, documents]: Parameters<Measure>): ReturnType<Measure> {
  const { before = defaultConfiguration, after = defaultConfiguration } = difference;
  return before === after
    ? neutral('It says what a missing line says.')
    : identity('The CI configuration')({ ...difference, before, after }, documents);
}

export const refs: readonly Field[] = refFields({ unprotectedTags });

const sourceNames: Readonly<Record<PipelineSource, string>> = {
  push: 'a push',
  web: 'a start by hand',
  api: 'a call of the API',
  schedule: 'a schedule',
  trigger: 'a trigger token',
};

export const pipelineSources: readonly Field[] = [
  {
    path: 'pipelineSources',
    schema: {
      description:
        "How the pipeline may be started. Sources that run code or configuration from outside, such as merge_request_event, can't be allowed.",
      type: 'array',
      minItems: 1,
      maxItems: 5,
      uniqueItems: true,
      items: { $ref: '#/$defs/PipelineSource' },
    },
    measure: allowList('A start by'),
    says: ({ origin }) => [
      `Its pipeline may be started only by ${list(
        origin.pipelineSources.map((one): string => sourceNames[one]),
        'or',
      )}.`,
    ],
    form: {
      label: 'Pipeline sources',
      hint: 'What may start the pipeline. Whoever starts it by hand, by the API or by a token may set its variables.',
      kind: 'checkboxes',
      options: [
        ['push', 'A push'],
        ['web', 'Started by hand'],
        ['api', 'The API'],
        ['schedule', 'A schedule'],
        ['trigger', 'A trigger token'],
      ],
      optional: false,
    },
    reference: {
      meaning:
        "`push`, `web`, `api`, `schedule`, `trigger` (rule `origin.trigger`). Those that run others' code (`merge_request_event`, `external_pull_request_event`) or what another pipeline says (`parent_pipeline`, `pipeline`) can't be written",
      enforcedBy: 'signer',
    },
  },
  { path: 'pipelineSources *', measure: allowList('A start by') },
];

export const runner: Field = {
  path: 'runner',
  schema: {
    description:
      'Where the job runs. gitlab-hosted: on a fresh machine of GitLab.com. self-hosted: on a machine of the project’s, or of an instance of its own.',
    enum: ['gitlab-hosted', 'self-hosted'],
  },
  measure: steps('Where the job runs', ['self-hosted', 'gitlab-hosted'], 'self-hosted'),
  says: ({ origin, system }) => [
    origin.runner === 'gitlab-hosted'
      ? `It must run on a fresh machine of ${system}, not on one of the project’s own.`
      : 'It must run on a machine that GitLab.com does not provide; what is on it, the signer does not know.',
  ],
  lint: ({ runner: where }, purpose) =>
    purpose === 'release' && where === 'self-hosted'
      ? [
          {
            rule: 'lint.self-hosted-runner',
            path: ['runner'],
            message:
              'A machine of one’s own keeps what earlier jobs left on it, and no certificate says what that is.',
            fix: 'Release on runners hosted by GitLab, or on machines that are made anew for every job.',
          },
        ]
      : [],
  form: {
    label: 'Runner',
    hint: 'Whose machine builds releases.',
    kind: 'choice',
    options: [
      ['gitlab-hosted', 'Hosted by GitLab'],
      ['self-hosted', 'One of the project’s own'],
    ],
    optional: false,
  },
  reference: {
    meaning:
      '`gitlab-hosted`, or `self-hosted` for a runner of the project or of an instance of its own: exactly what is written (rule `origin.runner`). Of the job that attests; where GitLab is asked, every other job is held to `runners`',
    enforcedBy: 'signer',
  },
};

function unprotectedTags({ refs: { tags }, protectedTag }: GitLabOrigin): readonly Advice[] {
  if (tags === undefined || protectedTag !== undefined) return [];
  return [
    {
      rule: 'lint.unprotected-tags',
      path: ['refs', 'tags'],
      message: 'A tag can be moved to another commit unless GitLab protects it; nothing here asks for that.',
      fix: 'Protect these tags in the project’s settings, and ask for it with protectedTag.',
    },
  ];
}
