/** The run that built the file. */
import { steps } from '../../../field-record/index.ts';
import type { GitHubOrigin } from '../../../generated/index.ts';
import type { OriginField } from '../../field.ts';
import { environment, visibility } from '../../fields/index.ts';
import type { GitHubPolicy } from '../policy.ts';

type Field = OriginField<GitHubOrigin, GitHubPolicy>;

export const runFields: readonly Field[] = [
  {
    path: 'reruns',
    schema: {
      description:
        'refused (where the line is left out): only the first attempt of a run is signed. allowed: a repeated attempt too, which can replay an old commit.',
      enum: ['refused', 'allowed'],
    },
    measure: steps('Repeated attempts of a run', ['allowed', 'refused'], 'refused'),
    says: ({ origin: { reruns } }) => [
      reruns === 'allowed'
        ? 'A repeated attempt of a run is accepted too.'
        : 'Only the first attempt of a run is accepted.',
    ],
    lint: ({ reruns }, purpose) =>
      purpose === 'release' && reruns === 'allowed'
        ? [
            {
              rule: 'lint.reruns-allowed',
              path: ['reruns'],
              message: 'A repeated attempt can build an old commit again, long after it was found to be bad.',
              fix: 'Remove the line and start new runs.',
            },
          ]
        : [],
    form: {
      label: 'Repeated builds',
      hint: 'Whether a second try of the same run may be signed.',
      kind: 'choice',
      options: [
        ['refused', 'Refused'],
        ['allowed', 'Allowed'],
      ],
      optional: true,
    },
    reference: {
      meaning: '`refused` (default) or `allowed` (rule `origin.rerun`)',
      enforcedBy: 'signer',
    },
  },
  environment,
  visibility,
];
