/** A row of the journal's table. */
import { z } from 'zod';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { JournalEntry } from '#core/wire/journal/index.ts';

export const entryColumns = 'seq, at, request_id, kind, body, previous_hash, entry_hash';

export const entryRow = z
  .object({
    seq: z.union([z.string(), z.bigint(), z.number()]).transform((value) => BigInt(value)),
    at: z.date(),
    request_id: z.string().nullable(),
    kind: z.string(),
    body: z.string(),
    previous_hash: z.string().transform((value) => parseSha256Hex(value)),
    entry_hash: z.string().transform((value) => parseSha256Hex(value)),
  })
  .transform((row): JournalEntry => ({
    seq: row.seq,
    at: row.at,
    requestId: row.request_id,
    kind: row.kind,
    body: row.body,
    previousHash: row.previous_hash,
    entryHash: row.entry_hash,
  }));
