import { z } from 'zod';
import { canonicalJson } from '#core/json/index.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

/** Purposes in records of any version; for `certificate`, known to earlier keyholders, no grants were ever minted. */
const purposes = ['release', 'test', 'timestamp', 'certificate', 'crl', 'ocsp', 'raw', 'openpgp'] as const;

/**
 * What the key holder records. An intent is on disk before the HSM is called; its outcome follows. The format of these is
 * unchanged across versions; one from before segments can't read a file that follows a segment.
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
  /** A crash truncated the last line; the dropped bytes are named by their digest. */
  z.strictObject({ kind: z.literal('recovered'), droppedBytes: z.int(), droppedSha256: hex64 }),
  /** First in a file that follows a closed segment: the SHA-256 of that segment's footer. */
  z.strictObject({ kind: z.literal('segment'), number: z.int().min(1), footerSha256: hex64 }),
]);

const journalRecordSchema = z.strictObject({
  sequence: z.int().min(1),
  previous: hex64,
  at: z.iso.datetime(),
  entry: journalEntrySchema,
});

export type JournalEntry = z.infer<typeof journalEntrySchema>;
export type JournalRecord = z.infer<typeof journalRecordSchema>;

/** A line with its newline → the record; null for anything but canonical bytes, since others would hash differently. */
export function parseJournalRecord(line: Buffer): JournalRecord | null {
  try {
    const text = line.toString('utf8');
    const record = journalRecordSchema.parse(JSON.parse(text));
    return `${canonicalJson(record)}\n` === text ? record : null;
  } catch {
    return null;
  }
}
