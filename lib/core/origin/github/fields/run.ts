/** The run that built the file. */
import {
  requirement,
  steps,
  type Difference,
  type Documents,
  type Judged,
} from '../../../field-record/index.ts';
import type { GitHubOrigin, SigningPolicy } from '../../../generated/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import type { OriginField } from '../../field.ts';
import { defaultVisibility, type GitHubPolicy } from '../policy.ts';

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
  {
    path: 'environment',
    schema: {
      description:
        'The deployment environment that the job must have run in, letter by letter, so that the rules of the code host for that environment held.',
      type: 'string',
      maxLength: 255,
      pattern: '^[^\\s\\x00-\\x1f\\x7f](?:[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f])?$',
    },
    measure: requirement('The deployment environment'),
    says: ({ compared: { environment } }) =>
      environment === undefined ? [] : [`It must run in the deployment environment ${environment}.`],
    reference: {
      meaning:
        'The deployment environment of the job that attests, letter by letter (rule `origin.environment`). Left out: any, or none',
      enforcedBy: 'signer',
    },
  },
  {
    path: 'visibility',
    schema: {
      description:
        'public (where left out, for a release): the repository must have been public when the file was built. any (where left out, for a test): it may be private.',
      enum: ['public', 'any'],
    },
    measure: measureVisibility,
    says: ({ compared }) => [
      compared.visibility === 'public'
        ? 'The repository must be public when it is built.'
        : 'The repository need not be public.',
    ],
    reference: {
      meaning:
        '`public` (default for a release): the repository was public when the file was built; `any` (default for a test) (rule `origin.visibility`)',
      enforcedBy: 'signer',
    },
  },
];

export const requireRunSuccess: Field = {
  path: 'requireRunSuccess',
  schema: {
    description: 'true: the whole run must have ended with success, not only the job that attested.',
    type: 'boolean',
  },
  measure: steps('Success of the whole run', [false, true], false),
  says: ({ origin }) =>
    origin.requireRunSuccess === true ? ['The whole run must have ended with success.'] : [],
  notEnforced: (origin) => (origin.requireRunSuccess === true ? 'how the whole run ended' : null),
  reference: {
    meaning: 'The whole run ended with success: **refused in this version**',
    enforcedBy: 'nobody yet',
  },
};

/** What a missing line means depends on what the policy is for. */
function measureVisibility(difference: Difference, documents: Documents): Judged {
  const defaultOf = (document: JsonValue): JsonValue =>
    defaultVisibility[(document as Partial<SigningPolicy>).purpose === 'test' ? 'test' : 'release'];
  const { before = defaultOf(documents.before), after = defaultOf(documents.after) } = difference;
  const measure = steps('Whether the repository must be public', ['any', 'public'], 'any');
  return measure({ ...difference, before, after }, documents);
}
