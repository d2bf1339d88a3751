/** Fields of `people/<handle>.yaml`. */
import type { PolicyField } from './field.ts';
import { identityHosts } from '../../identity/index.ts';
import { accountsIn } from '../identities.ts';
import { authority, foundationRole, identity, neutral, text } from '../../field-record/index.ts';
import type { Measure } from '../../field-record/index.ts';

/** A person's identity. With another account, one more or one fewer it is a different person; the same accounts in the other form are the same person. */
const account: Measure = (difference, documents) => {
  const [before, after] = [accountsIn(documents.before), accountsIn(documents.after)];
  return before !== null && before === after
    ? neutral('The same accounts, written in another form.')
    : identity('The account')(difference, documents);
};

export const personFields: readonly PolicyField[] = [
  {
    path: 'name',
    measure: text('The name that people see'),
    form: { label: 'Name', hint: 'The name that people see.', kind: 'text', optional: false },
  },
  { path: 'identities', measure: account },
  ...Object.entries(identityHosts).map(([host, { label, id, hint }]): PolicyField => ({
    path: `identities ${host}`,
    schema: { description: hint, type: 'string', maxLength: id.lengthMax, pattern: id.pattern },
    measure: account,
    form: {
      label: `Account on ${label}`,
      hint: 'The numeric id. Logins get reused, ids don’t.',
      kind: 'text',
      optional: true,
      needs: ['identities'],
    },
  })),
  {
    path: 'githubId',
    measure: account,
    form: {
      label: 'Numeric id on GitHub',
      hint: 'Logins get reused, ids don’t.',
      kind: 'text',
      optional: false,
      needs: ['githubId'],
    },
  },
  { path: 'roles', measure: foundationRole },
  { path: 'roles *', measure: foundationRole },
  { path: 'approvalKeys', measure: authority('Key of this person') },
  { path: 'approvalKeys *', measure: authority('Key of this person') },
  { path: 'approvalKeys * publicKey', measure: authority('Key of this person') },
  { path: 'approvalKeys * type', measure: authority('Key of this person') },
];
