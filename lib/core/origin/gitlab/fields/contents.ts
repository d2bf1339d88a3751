/** What the CI configuration takes from elsewhere. */
import { steps } from '../../../field-record/index.ts';
import type { GitLabOrigin } from '../../../generated/index.ts';
import type { OriginField } from '../../field.ts';
import { hostEnforces } from '../../fields/index.ts';
import { hostRequestsMax } from '../../host.ts';
import { requestsMin } from '../host/lines.ts';
import type { GitLabPolicy } from '../policy.ts';

export const includes: OriginField<GitLabOrigin, GitLabPolicy> = {
  path: 'includes',
  schema: {
    description:
      'pinned: the CI configuration, at the built commit, includes components and files of other projects by a full commit alone, files of the web with an integrity, and starts no other project’s pipeline. any (where left out): not asked.',
    enum: ['any', 'pinned'],
  },
  measure: steps('Pinned includes', ['any', 'pinned'], 'any'),
  says: ({ origin }) =>
    origin.includes === 'pinned'
      ? ['What the CI configuration includes of others must be named by a full commit or an integrity.']
      : [],
  asksHost: (origin) => (origin.includes === 'pinned' ? 'what a CI configuration includes' : null),
  lint(origin) {
    const requests = requestsMin(origin);
    if (origin.includes !== 'pinned' || requests <= hostRequestsMax) return [];
    return [
      {
        rule: 'lint.host-requests',
        path: ['includes'],
        message: `A look at a build of a tag takes at least ${requests} requests of GitLab, and no more than ${hostRequestsMax} are made: what is left is unknown.`,
        fix: 'Leave out one of the lines that GitLab is asked about.',
      },
    ];
  },
  form: {
    label: 'Includes',
    hint: 'Whether the CI configuration must name what it includes of others by a full commit, or with an integrity. Files of the project itself are looked into.',
    kind: 'choice',
    options: [
      ['any', 'Any'],
      ['pinned', 'Pinned to commits'],
    ],
    optional: true,
  },
  reference: {
    meaning:
      '`pinned`: the CI configuration at the built commit, with files of the project that it includes, names components and other projects’ files by a full commit and files of the web with an `integrity`, and starts no other project’s pipeline (rule `origin.pipeline-includes`). `any` (default). See below',
    enforcedBy: hostEnforces('GitLab'),
  },
};
