/** The policy: what the signer accepted, and what it did not. */
import { z } from 'zod';
import { commit, defineEvent, sometimes } from './event.ts';

export const policyAccepted = defineEvent({
  kind: 'policy.accepted',
  says: 'The signer has accepted a commit of the policy: from now on it is the one in force.',
  about: 'signer',
  version: 1,
  body: z.object({
    commit: commit.describe('The commit'),
    parent: commit.nullable().describe('The one that was in force before; null: none was'),
    signers: z.array(z.string()).describe('Handles of those whose signatures counted'),
  }),
});

export const policyRefused = defineEvent({
  kind: 'policy.refused',
  says: 'The signer has refused the newest commit of the policy; the one before stays in force.',
  about: 'signer',
  version: 1,
  body: z.object({
    commit: commit.describe('The commit'),
    problem: sometimes(z.enum(['rewritten', 'unsigned', 'invalid'])).describe(
      '`rewritten`: it doesn’t follow from the one in force; `unsigned`: signatures are missing; `invalid`: it can’t be read or used',
    ),
    reason: z.string().describe('As a sentence'),
  }),
});
