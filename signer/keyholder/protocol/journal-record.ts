import { z } from 'zod';
import { canonicalJson } from '#core/json/index.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

/** What any version has written; `certificate` was a purpose that the keyholder knew and nobody minted grants for. */
const purposes = ['release', 'test', 'timestamp', 'certificate', 'crl', 'ocsp'] as const;

/**
 * What the key holder writes down. An intent is on disk before the HSM is asked; its outcome follows. The form is that of every version so
 * far: an earlier one reads what this one writes.
 */
const journalEntrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('intent'),
    grantId: hex64,
    slot: hex64,
    purpose: z.enum(purposes),
    keyLabel: z.string(),
    requestId: z.string(),
    project: z.string().nullable(),
    artifactSha256: hex64.nullable(),
    leafPath: z.array(z.string()),
    unsignedSha256: hex64.nullable(),
    toBeSignedSha256: hex64,
    policyCommit: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('signed'), grantId: hex64, signature: z.base64() }),
  z.strictObject({ kind: z.literal('failed'), grantId: hex64, code: z.string() }),
  /** A crash cut the last line off; what was cut is named by its digest. */
  z.strictObject({ kind: z.literal('recovered'), droppedBytes: z.int(), droppedSha256: hex64 }),
]);

const journalRecordSchema = z.strictObject({
  sequence: z.int().min(1),
  previous: hex64,
  at: z.iso.datetime(),
  entry: journalEntrySchema,
});

export type JournalEntry = z.infer<typeof journalEntrySchema>;
export type JournalRecord = z.infer<typeof journalRecordSchema>;

/** A line with its newline → the record; null for anything but canonical bytes, which would hash differently from what they say. */
export function parseJournalRecord(line: Buffer): JournalRecord | null {
  try {
    const text = line.toString('utf8');
    const record = journalRecordSchema.parse(JSON.parse(text));
    return `${canonicalJson(record)}\n` === text ? record : null;
  } catch {
    return null;
  }
}
