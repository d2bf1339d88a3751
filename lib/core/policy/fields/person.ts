/** Fields of `people/<handle>.yaml`. */
import type { PolicyField } from './field.ts';
import { authority, foundationRole, identity, text } from '../../field-record/index.ts';

export const personFields: readonly PolicyField[] = [
  {
    path: 'name',
    measure: text('The name that people see'),
    form: { label: 'Name', hint: 'The name that people see.', kind: 'text', optional: false },
  },
  {
    path: 'githubId',
    measure: identity('The account'),
    form: {
      label: 'Numeric id on GitHub',
      hint: 'Logins get reused, ids don’t.',
      kind: 'text',
      optional: false,
    },
  },
  { path: 'roles', measure: foundationRole },
  { path: 'roles *', measure: foundationRole },
  { path: 'approvalKeys', measure: authority('Key of this person') },
  { path: 'approvalKeys *', measure: authority('Key of this person') },
  { path: 'approvalKeys * publicKey', measure: authority('Key of this person') },
  { path: 'approvalKeys * type', measure: authority('Key of this person') },
];
