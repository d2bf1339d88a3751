/** What GitHub itself is asked when a file is signed, since no certificate says it. docs/guides/code-host.md */
import { steps } from '../../../field-record/index.ts';
import type { GitHubOrigin } from '../../../generated/index.ts';
import { codeHostField, commitOnFields, hostEnforces, unknownField } from '../../fields/index.ts';
import type { OriginField } from '../../field.ts';
import { hostRequestsMax } from '../../host.ts';
import { hostLinesIn, requestsMin } from '../host/lines.ts';
import type { GitHubPolicy } from '../policy.ts';

type Field = OriginField<GitHubOrigin, GitHubPolicy>;

const enforcedBy = hostEnforces('GitHub');

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

export const requireRunArtifact: Field = {
  path: 'requireRunArtifact',
  schema: {
    description:
      'true: the file must be an artifact that GitHub keeps of the run that attested it, just as GitHub keeps it: by its SHA-256, and not expired.',
    type: 'boolean',
  },
  measure: steps('An artifact of the run', [false, true], false),
  says: ({ origin }) =>
    origin.requireRunArtifact === true
      ? ['GitHub must keep the file as an artifact of the run that attested it.']
      : [],
  asksHost: (origin) => (origin.requireRunArtifact === true ? 'which artifacts a run has' : null),
  lint: (origin) => {
    const requests = requestsMin(origin);
    if (origin.requireRunArtifact !== true || requests <= hostRequestsMax) return [];
    return [
      {
        rule: 'lint.host-requests',
        path: ['requireRunArtifact'],
        message: `A look at a build of an annotated tag takes at least ${requests} requests of GitHub, and no more than ${hostRequestsMax} are made: what is left is unknown.`,
        fix: 'Leave out one of the lines that GitHub is asked about.',
      },
    ];
  },
  form: {
    label: 'Artifact of the run',
    hint: 'Whether the file must be an artifact that GitHub keeps of the run, as it is kept: the archive, or the file where it isn’t archived.',
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
      '`true`: the file is an artifact that GitHub keeps of the run that attested it, by its SHA-256, and hasn’t expired (rule `origin.run-artifact`). See below for which files that is about',
    enforcedBy,
  },
};

export const hostFields: readonly Field[] = [
  ...commitOnFields('GitHub'),
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
        'pinned: the workflow, at the built commit, uses every action by a full commit and every image by its digest, and none of its own that it doesn’t contain. any (where left out): not asked.',
      enum: ['any', 'pinned'],
    },
    measure: steps('Pinned actions', ['any', 'pinned'], 'any'),
    says: ({ origin }) =>
      origin.actions === 'pinned' ? ['The workflow must use every action by a full commit.'] : [],
    asksHost: ({ actions }) => (actions === 'pinned' ? 'which actions a workflow uses' : null),
    form: {
      label: 'Actions',
      hint: 'Whether the workflow must name every action by a full commit and every image by its digest. Local actions aren’t looked into, and refused.',
      kind: 'choice',
      options: [
        ['any', 'Any'],
        ['pinned', 'Pinned to commits'],
      ],
      optional: true,
    },
    reference: {
      meaning:
        '`pinned`: the workflow file at the built commit names every action by a commit and every image by its digest, uses no local actions and workflows, and starts by nothing that strangers do (rules `origin.workflow-actions`, `origin.workflow-triggers`). `any` (default)',
      enforcedBy,
    },
  },
  codeHostField({
    host: 'GitHub',
    asked:
      'whether repository and run are the certified ones, whether every job ran where it may, and whether commit and tag are still there',
    meaning:
      '`asked`: GitHub itself is asked about the repository (rule `origin.host-repository`), the run (rule `origin.host-run`), the runners of all its jobs (rule `origin.host-runners`), the commit (rule `origin.host-commit`) and the tag (rule `origin.host-tag`)',
    about: 'repository, run, runners of all jobs, commit and tag',
    linesIn: hostLinesIn,
  }),
  unknownField('GitHub', hostLinesIn),
];
