/** Fields of `projects/<slug>/policies/<policy>.yaml`, in the order of forms and public pages. */
import { approvalFields } from './approval.ts';
import type { PolicyField } from './field.ts';
import { originFields } from './origin.ts';
import { peopleOfRequests, publishFields } from './people-of-requests.ts';
import { signingFields, timestampField } from './signing.ts';

export const signingPolicyFields: readonly PolicyField[] = [
  ...signingFields,
  ...originFields,
  ...approvalFields,
  timestampField,
  ...peopleOfRequests,
  ...publishFields,
];
