/** What builds, from where, started by what, on which machine. */
import {
  allowList,
  identity,
  loosens,
  tightens,
  type Advice,
  type Judged,
  type Measure,
} from '../../../field-record/index.ts';
import type { GitHubOrigin } from '../../../generated/index.ts';
import { describeRefs, named, refFields } from '../../fields/index.ts';
import type { OriginField } from '../../field.ts';
import type { GitHubPolicy } from '../policy.ts';

type Field = OriginField<GitHubOrigin, GitHubPolicy>;

export const workflow: Field = {
  path: 'workflow',
  schema: {
    description: "The workflow file that builds, from the repository's root.",
    type: 'string',
    maxLength: 200,
    pattern: '^\\.github/workflows/[A-Za-z0-9._-]+\\.ya?ml$',
  },
  measure: identity('The workflow'),
  says: ({ origin }) => [`The build must run ${origin.workflow} from ${describeRefs(origin)}.`],
  form: {
    label: 'Workflow',
    hint: 'The workflow file that builds releases. A file built by any other is refused.',
    kind: 'text',
    optional: false,
  },
  reference: { meaning: 'The workflow file of that repository', enforcedBy: 'signer' },
};

export const refs: readonly Field[] = refFields({ unprotectedTags });

export const triggers: readonly Field[] = [
  {
    path: 'triggers',
    schema: {
      description:
        "The events that may start the build. Events that run with code from outside, such as pull_request_target, can't be allowed.",
      type: 'array',
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      items: { $ref: '#/$defs/Trigger' },
    },
    measure: allowList('A start by'),
    says: ({ origin }) => [
      `Only these events may start it: ${origin.triggers.map((trigger) => triggerNames[trigger]).join(', ')}.`,
    ],
    form: {
      label: 'Triggers',
      hint: 'Which events may start the build.',
      kind: 'checkboxes',
      options: [
        ['push', 'A push'],
        ['release', 'A published release'],
        ['workflow_dispatch', 'Started by hand'],
      ],
      optional: false,
    },
    reference: {
      meaning: "`push`, `release`, `workflow_dispatch`; events that run others' code can't be written",
      enforcedBy: 'signer',
    },
  },
  { path: 'triggers *', measure: allowList('A start by') },
];

export const runner: readonly Field[] = [
  {
    path: 'runner',
    schema: {
      description:
        'Where the build runs. github-hosted: on a fresh machine of the build system. {groups: […]}: on a runner of one of these groups.',
      oneOf: [{ const: 'github-hosted' }, { $ref: '#/$defs/RunnerGroups' }],
    },
    measure: measureRunner,
    says: ({ origin, system }) => [describeRunner(origin, system)],
    asksHost: (origin) => (origin.runner === 'github-hosted' ? null : 'which group a runner belongs to'),
    reference: {
      meaning:
        '`github-hosted`: of the job that attests (rule `origin.runner`) and, where GitHub is asked, of every job of the run. `{groups: […]}`: every job on a runner of one of these groups, asked of GitHub; machines of GitHub’s are in the group `GitHub Actions` (rule `origin.host-runners`)',
      enforcedBy: 'signer',
    },
  },
  {
    path: 'runner groups',
    schema: {
      description: 'Names of runner groups.',
      type: 'array',
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
      items: { description: 'The name of a runner group.', type: 'string', minLength: 1, maxLength: 100 },
    },
    measure: allowList('A runner of the group'),
  },
  { path: 'runner groups *', measure: allowList('A runner of the group') },
];

function measureRunner({ after }: Parameters<Measure>[0]): Judged {
  return after === 'github-hosted'
    ? tightens('Builds must run on fresh machines of the build system.')
    : loosens('Builds may run on machines that the build system does not provide.');
}

function unprotectedTags(origin: GitHubOrigin): readonly Advice[] {
  if (origin.refs.tags === undefined || origin.tagRulesets !== undefined) return [];
  return [
    {
      rule: 'lint.unprotected-tags',
      path: ['refs', 'tags'],
      message:
        'A tag can be moved to another commit unless the code host forbids it; nothing here asks for that.',
      fix: 'Protect these tags with a ruleset on the code host, and ask for it with tagRulesets.',
    },
  ];
}

const triggerNames: Readonly<Record<GitHubOrigin['triggers'][number], string>> = {
  push: 'a push',
  release: 'a release',
  workflow_dispatch: 'a start by hand',
};

function describeRunner({ runner: where }: GitHubOrigin, system: string): string {
  if (where === 'github-hosted') {
    return `It must run on a fresh machine of ${system}, not on one of the project’s own.`;
  }
  return `It must run on a machine of ${named('group', 'groups', where.groups)}.`;
}
