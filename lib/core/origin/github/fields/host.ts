/** What GitHub itself is asked when a file is signed, since no certificate says it. docs/guides/code-host.md */
import { allowList, loosens, steps, type Difference, type Judged } from '../../../field-record/index.ts';
import type { GitHubOrigin } from '../../../generated/index.ts';
import { list } from '../../../text/list/index.ts';
import type { OriginField } from '../../field.ts';
import { hostLinesIn } from '../host/lines.ts';
import type { GitHubPolicy } from '../policy.ts';

type Field = OriginField<GitHubOrigin, GitHubPolicy>;

const enforcedBy = 'signer, who asks GitHub';

export const requireRunSuccess: Field = {
  path: 'requireRunSuccess',
  schema: {
    description:
      'true: the whole run must have ended with success, not only the job that attested. A job that waits for the release, and the one that submits, are left out.',
    type: 'boolean',
  },
  measure: steps('Success of the whole run', [false, true], false),
  says: ({ origin }) =>
    origin.requireRunSuccess === true ? ['The whole run must have ended with success.'] : [],
  asksHost: (origin) => (origin.requireRunSuccess === true ? 'how the whole run ended' : null),
  form: {
    label: 'Success of the whole run',
    hint: 'Whether every job of the run must have ended with success, besides the one that submits and those that wait for the release.',
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
      '`true`: the whole run ended with success (rule `origin.run-success`). See below for which jobs are left out while it goes on',
    enforcedBy,
  },
};

export const hostFields: readonly Field[] = [
  {
    path: 'commitOn',
    schema: {
      description:
        'Branches that the commit may be on, any of them, by exact name. Left out: the branch that was built, and of a tag the default branch.',
      type: 'array',
      minItems: 1,
      maxItems: 3,
      uniqueItems: true,
      items: {
        description: 'The name of a branch.',
        type: 'string',
        maxLength: 200,
        pattern: '^[^\\s~^:?*\\\\\\[\\x00-\\x1f\\x7f]+$',
      },
    },
    measure: measureCommitOn,
    says: ({ origin: { commitOn } }) =>
      commitOn === undefined ? [] : [`The commit must be on the branch ${list(commitOn, 'or')}.`],
    asksHost: ({ commitOn }) => (commitOn === undefined ? null : 'which branch a commit is on'),
    form: {
      label: 'Branches of the commit',
      hint: 'One to a line; the commit must be on one of them. Empty: the branch that was built, and of a tag the default branch.',
      kind: 'lines',
      optional: true,
    },
    reference: {
      meaning:
        'Up to three branches, by name: the commit must be on one of them (rule `origin.host-commit`). Left out: the built branch, and of a tag the default branch, wherever GitHub is asked',
      enforcedBy,
    },
  },
  { path: 'commitOn *', measure: allowList('A commit on the branch') },
  {
    path: 'release',
    schema: {
      description:
        'immutable: the release of the built tag can’t be changed, or there is none yet and the repository makes all releases so. any (where left out): not asked.',
      enum: ['any', 'immutable'],
    },
    measure: steps('Whether releases are immutable', ['any', 'immutable'], 'any'),
    says: ({ origin }) => (origin.release === 'immutable' ? ['The release must be immutable.'] : []),
    asksHost: ({ release }) => (release === 'immutable' ? 'whether a release is immutable' : null),
    form: {
      label: 'Release',
      hint: 'Whether the release of the tag must be immutable on GitHub.',
      kind: 'choice',
      options: [
        ['any', 'Any'],
        ['immutable', 'Immutable'],
      ],
      optional: true,
    },
    reference: {
      meaning:
        '`immutable`: the release of the tag is immutable; where there is none yet, immutable releases are switched on (rule `origin.host-release`). `any` (default)',
      enforcedBy,
    },
  },
  {
    path: 'caches',
    schema: {
      description:
        'refused: no step of the workflow, at the built commit, is one that restores a cache. allowed (where left out): not asked.',
      enum: ['allowed', 'refused'],
    },
    measure: steps('Restored caches', ['allowed', 'refused'], 'allowed'),
    says: ({ origin }) =>
      origin.caches === 'refused' ? ['The workflow must not restore caches of earlier runs.'] : [],
    asksHost: ({ caches }) => (caches === 'refused' ? 'whether a workflow restores caches' : null),
    form: {
      label: 'Caches',
      hint: 'Whether the workflow may restore what an earlier run left.',
      kind: 'choice',
      options: [
        ['allowed', 'Allowed'],
        ['refused', 'Refused'],
      ],
      optional: true,
    },
    reference: {
      meaning:
        '`refused`: the workflow file at the built commit restores no cache, and starts by nothing that strangers do (rules `origin.workflow-caches`, `origin.workflow-triggers`). `allowed` (default)',
      enforcedBy,
    },
  },
  {
    path: 'actions',
    schema: {
      description:
        'pinned: the workflow, at the built commit, uses every action by a full commit. any (where left out): not asked.',
      enum: ['any', 'pinned'],
    },
    measure: steps('Pinned actions', ['any', 'pinned'], 'any'),
    says: ({ origin }) =>
      origin.actions === 'pinned' ? ['The workflow must use every action by a full commit.'] : [],
    asksHost: ({ actions }) => (actions === 'pinned' ? 'which actions a workflow uses' : null),
    form: {
      label: 'Actions',
      hint: 'Whether the workflow must name every action by a full commit.',
      kind: 'choice',
      options: [
        ['any', 'Any'],
        ['pinned', 'Pinned to commits'],
      ],
      optional: true,
    },
    reference: {
      meaning:
        '`pinned`: the workflow file at the built commit names every action by a commit, and starts by nothing that strangers do (rules `origin.workflow-actions`, `origin.workflow-triggers`). `any` (default)',
      enforcedBy,
    },
  },
  {
    path: 'codeHost',
    schema: {
      description:
        'asked: GitHub itself is asked about repository, run, runners of all jobs, commit and tag. Lines that only it can answer imply that. not-asked (where left out): the certificate is enough.',
      enum: ['not-asked', 'asked'],
    },
    measure: steps('Whether GitHub itself is asked', ['not-asked', 'asked'], 'not-asked'),
    says: ({ origin }) =>
      hostLinesIn(origin).length === 0
        ? []
        : [
            'The signer asks GitHub itself whether repository and run are the certified ones, whether every job ran where it may, and whether commit and tag are still there.',
          ],
    asksHost: ({ codeHost }) => (codeHost === 'asked' ? 'what GitHub says of a run' : null),
    form: {
      label: 'GitHub itself',
      hint: 'Whether the signer asks GitHub about the run before it signs, too, and not only the certificate.',
      kind: 'choice',
      options: [
        ['not-asked', 'Not asked'],
        ['asked', 'Asked'],
      ],
      optional: true,
    },
    reference: {
      meaning:
        '`asked`: GitHub itself is asked about the repository (rule `origin.host-repository`), the run (rule `origin.host-run`), the runners of all its jobs (rule `origin.host-runners`), the commit (rule `origin.host-commit`) and the tag (rule `origin.host-tag`). Every other line that GitHub answers implies it. `not-asked` (default)',
      enforcedBy,
    },
  },
  {
    path: 'unknown',
    schema: {
      description:
        'What it means that GitHub doesn’t answer a question. deny (where left out): the file is refused. allow: it is signed, and the trace says so.',
      enum: ['allow', 'deny'],
    },
    measure: steps('What GitHub doesn’t answer', ['allow', 'deny'], 'deny'),
    says: ({ origin }) =>
      origin.unknown === 'allow' && hostLinesIn(origin).length > 0
        ? ['What GitHub doesn’t answer refuses nothing.']
        : [],
    lint: ({ unknown }, purpose) =>
      purpose === 'release' && unknown === 'allow'
        ? [
            {
              rule: 'lint.host-unknown-allowed',
              path: ['unknown'],
              message:
                'Whoever keeps GitHub from answering, or the signer from asking, switches these rules off.',
              fix: 'Remove the line, and give the signer the rights that it lacks.',
            },
          ]
        : [],
    form: {
      label: 'Where GitHub doesn’t answer',
      hint: 'What happens to a file about which GitHub doesn’t answer a question of the policy.',
      kind: 'choice',
      options: [
        ['deny', 'It is refused'],
        ['allow', 'It is signed'],
      ],
      optional: true,
    },
    reference: {
      meaning:
        '`deny` (default): what GitHub doesn’t answer is refused by the rule that asked. `allow`: it is a warning in the trace (rule `origin.host-unknown`)',
      enforcedBy,
    },
  },
];

/** The list allows; that there is one asks for something. */
function measureCommitOn(difference: Difference): Judged {
  const { before, after } = difference;
  if (before === undefined) return loosens('Commits on other branches than before may be built.');
  if (after === undefined) return loosens('Which branch a commit is on is not asked by name any more.');
  return allowList('A commit on the branch')(difference, { before: null, after: null });
}
