/** The journal itself: reconciled with other records, and exported under a signed digest. */
import { z } from 'zod';
import { defineEvent, hex64, time } from './event.ts';

const place = z.object({ seq: z.string(), hash: hex64 });
const count = z.int().nonnegative();

export const journalReconciled = defineEvent({
  kind: 'journal.reconciled',
  says: 'An operator has confirmed how this database differs from the records of the signer and its keyholder.',
  about: 'signer',
  version: 1,
  body: z.object({
    signer: z.string().describe('The signer that was reconciled'),
    by: z.string().describe('Account that confirmed it'),
    plan: z.string().describe('12 hexadecimal digits of the comparison that was confirmed'),
    oldHead: place.nullable().describe('Where the journal ended by the signer’s record; null: it had none'),
    head: place.nullable().describe('Where it ended in the database; null: it was empty'),
    lost: z.string().nullable().describe('Which entries are lost, in words; null: none'),
    differences: z.array(z.string()).describe('Every difference, in words'),
    signaturesRecovered: count.describe('Signatures that the database lacked'),
    signaturesUnrecorded: count.describe('Signatures that no keyholder’s journal has'),
    releasesWithoutRow: count.describe('Files in the release store that no row names'),
    releasesWithoutRowNamed: z
      .array(z.object({ sha256: z.string(), sizeBytes: z.number(), at: z.string() }))
      .describe('The first 1,000 of them'),
    rowsWithoutFile: count.describe('Releases whose file the store lacks'),
    rowsWithoutFileNamed: z
      .array(z.object({ requestId: z.string(), sha256: z.string() }))
      .describe('The first 1,000 of them'),
  }),
});

export const auditSigned = defineEvent({
  kind: 'audit.signed',
  says: 'The digest of an audit export was signed.',
  about: 'signer',
  version: 1,
  body: z.object({
    number: z.int().positive().describe('Number of the digest, without gaps'),
    exportId: z.string().describe('The export'),
    sha256: hex64.describe('The digest’s text'),
    from: time.describe('Beginning of the period'),
    to: time.describe('Its end'),
  }),
});
