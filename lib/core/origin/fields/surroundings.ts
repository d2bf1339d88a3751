/** `origin.environment` and `origin.visibility`, for every provider that certifies both. */
import {
  requirement,
  steps,
  type Difference,
  type Documents,
  type Judged,
} from '../../field-record/index.ts';
import type { Origin, SigningPolicy } from '../../generated/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { defaultVisibility, type ComparedOrigin, type RequiredVisibility } from '../compared.ts';
import type { OriginField } from '../field.ts';

type Field = OriginField<
  Origin,
  ComparedOrigin & { readonly environment?: string; readonly visibility: RequiredVisibility }
>;

export const environment: Field = {
  path: 'environment',
  schema: {
    description:
      'The deployment environment that the job must have run in, letter by letter, so that the rules of the code host for that environment held.',
    type: 'string',
    maxLength: 255,
    pattern: '^[^\\s\\x00-\\x1f\\x7f](?:[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f])?$',
  },
  measure: requirement('The deployment environment'),
  says: ({ compared }) =>
    compared.environment === undefined
      ? []
      : [`It must run in the deployment environment ${compared.environment}.`],
  form: {
    label: 'Deployment environment',
    hint: 'The environment of the code host that the job must have run in. Empty: any, or none.',
    kind: 'text',
    optional: true,
  },
  reference: {
    meaning:
      'The deployment environment of the job that attests, letter by letter (rule `origin.environment`). Left out: any, or none',
    enforcedBy: 'signer',
  },
};

export const visibility: Field = {
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
  form: {
    label: 'Visibility of the repository',
    hint: 'Whether it must have been public when the file was built. Not set: public for a release.',
    kind: 'choice',
    options: [
      ['public', 'Public'],
      ['any', 'Public or private'],
    ],
    optional: true,
  },
  reference: {
    meaning:
      '`public` (default for a release): the repository was public when the file was built; `any` (default for a test) (rule `origin.visibility`)',
    enforcedBy: 'signer',
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
