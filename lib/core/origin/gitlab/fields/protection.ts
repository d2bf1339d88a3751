/** How GitLab must protect what is built: `origin.protectedBranch`, `origin.protectedTag`. */
import { atLeast, requirement, steps, type Measure } from '../../../field-record/index.ts';
import type { FormRow } from '../../../field-record/index.ts';
import type { GitLabOrigin, ProtectedBranch } from '../../../generated/index.ts';
import { list } from '../../../text/list/index.ts';
import { hostEnforces } from '../../fields/index.ts';
import type { OriginField } from '../../field.ts';
import type { GitLabPolicy } from '../policy.ts';

type Field = OriginField<GitLabOrigin, GitLabPolicy>;
type Who = NonNullable<ProtectedBranch['push']>;

const enforcedBy = hostEnforces('GitLab');

/** From the loosest on. People, groups and deploy keys by name count as developers. */
const levels: readonly Who[] = ['developers', 'maintainers', 'no-one'];
const whoNames: Readonly<Record<Who, string>> = {
  developers: 'developers',
  maintainers: 'maintainers',
  'no-one': 'no one',
};

const measureWho = (what: string): Measure => steps(what, ['anybody', ...levels], 'anybody');
const flag = (what: string): Measure => steps(what, [false, true], false);

const whoForm = (label: string, hint: string, some: readonly Who[]): FormRow => ({
  label,
  hint,
  kind: 'choice',
  options: some.map((one) => [one, `${whoNames[one].charAt(0).toUpperCase()}${whoNames[one].slice(1)}`]),
  optional: true,
});
const flagForm = (label: string, hint: string): FormRow => ({
  label,
  hint,
  kind: 'choice',
  boolean: true,
  options: [
    ['true', 'Required'],
    ['false', 'Not required'],
  ],
  optional: true,
});

export const protectedBranch: readonly Field[] = [
  {
    path: 'protectedBranch',
    schema: { $ref: '#/$defs/ProtectedBranch' },
    measure: requirement('Protection of branches by GitLab'),
    says: describeBranch,
    asksHost: (origin) => (origin.protectedBranch === undefined ? null : 'how GitLab protects branches'),
    reference: {
      meaning:
        'How GitLab must protect the branch that was built; of a tag, the branch that its commit is on (rule `origin.branch-rules`). See below',
      enforcedBy,
    },
  },
  {
    path: 'protectedBranch push',
    schema: {
      description:
        'Who may push without a merge request, at the most: no-one, maintainers, developers. People, groups and deploy keys by name count as developers.',
      enum: ['no-one', 'maintainers', 'developers'],
    },
    measure: measureWho('Who may push to the branch'),
    form: whoForm('Pushes to the branch', 'Who may push to it without a merge request, at the most.', [
      'no-one',
      'maintainers',
      'developers',
    ]),
  },
  {
    path: 'protectedBranch merge',
    schema: {
      description:
        'Who may merge, at the most: maintainers, developers. Whoever may push may merge, too; people and groups by name count as developers.',
      enum: ['maintainers', 'developers'],
    },
    measure: measureWho('Who may merge into the branch'),
    form: whoForm('Merges into the branch', 'Who may merge into it, at the most.', [
      'maintainers',
      'developers',
    ]),
  },
  {
    path: 'protectedBranch blockForcePushes',
    schema: { description: 'Nobody may rewrite the branch.', type: 'boolean' },
    measure: flag('No force pushes to the branch'),
    form: flagForm('No force pushes', 'Whether GitLab must keep the branch from being rewritten.'),
  },
  {
    path: 'protectedBranch requireCodeOwnerApproval',
    schema: {
      description:
        'An owner of the changed code must approve. Nobody may push without a merge request then, and an approval ends when its files change.',
      type: 'boolean',
    },
    measure: flag('Approval by owners of the code'),
    form: flagForm(
      'Approval by code owners',
      'Whether an owner of the changed code must approve it. Asks for no pushes without a merge request, too.',
    ),
  },
  {
    path: 'protectedBranch minApprovals',
    schema: {
      description:
        'How many must approve a merge request, its author not among them. Nobody may push without one then, and approvals end when something else is pushed.',
      type: 'integer',
      minimum: 0,
      maximum: 10,
    },
    measure: atLeast('The number of approvals', 0),
    form: {
      label: 'Approvals of merge requests',
      hint: 'How many must approve, the author not among them. Asks for no pushes without a merge request, too.',
      kind: 'number',
      optional: true,
    },
  },
];

export const protectedTag: readonly Field[] = [
  {
    path: 'protectedTag',
    schema: { $ref: '#/$defs/ProtectedTag' },
    measure: requirement('Protection of tags by GitLab'),
    says: ({ origin: { protectedTag: wanted } }) =>
      wanted === undefined
        ? []
        : [
            wanted.create === undefined
              ? 'GitLab must protect the tag.'
              : `GitLab must protect the tag (${mayAtMost('create it', wanted.create)}).`,
          ],
    asksHost: (origin) => (origin.protectedTag === undefined ? null : 'how GitLab protects tags'),
    reference: {
      meaning:
        'How GitLab must protect the tag that was built; of a branch nothing is asked (rule `origin.tag-rules`). `create`: who may create it, at the most, as `push` of `protectedBranch`',
      enforcedBy,
    },
  },
  {
    path: 'protectedTag create',
    schema: {
      description:
        'Who may create matching tags, at the most: no-one, maintainers, developers. People, groups and deploy keys by name count as developers.',
      enum: ['no-one', 'maintainers', 'developers'],
    },
    measure: measureWho('Who may create the tag'),
    form: whoForm('Creation of the tag', 'Who may create matching tags, at the most.', [
      'no-one',
      'maintainers',
      'developers',
    ]),
  },
];

const mayAtMost = (what: string, who: Who): string =>
  who === 'no-one' ? `no one may ${what}` : `only ${whoNames[who]} or higher may ${what}`;

function describeBranch({ origin: { protectedBranch: wanted } }: { readonly origin: GitLabOrigin }) {
  if (wanted === undefined) return [];
  const { push, merge, minApprovals = 0 } = wanted;
  const asked = [
    ...(push === undefined ? [] : [mayAtMost('push', push)]),
    ...(merge === undefined ? [] : [mayAtMost('merge', merge)]),
    ...(wanted.blockForcePushes === true ? ['force pushes are blocked'] : []),
    ...(wanted.requireCodeOwnerApproval === true ? ['code owners must approve'] : []),
    ...(minApprovals === 0
      ? []
      : [`merge requests need at least ${minApprovals} approval${minApprovals === 1 ? '' : 's'}`]),
  ];
  return [`GitLab must protect the branch${asked.length === 0 ? '' : ` (${list(asked, 'and')})`}.`];
}
