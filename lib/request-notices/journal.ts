/** How far the portal has read the signer's journal. Entries are appended in order, so none appears behind the cursor. */
import { z } from 'zod';
import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { JournalKind } from '#core/wire/journal/index.ts';
import type { Database } from '../platform/db/index.ts';

const reader = 'request-notices';
/** Entries read in one run; the rest follow a few seconds later. */
const entriesMax = 500;
/** Entries that change the status of a request. */
const kinds: readonly JournalKind[] = [
  'step.started',
  'step.finished',
  'request.released',
  'request.denied',
  'request.failed',
];

export interface JournalUpdates {
  /** Each request once, with the first of its entries, in their order. */
  readonly requests: readonly { readonly id: RequestId; readonly seq: bigint }[];
  readonly last: bigint;
}

const rowSchema = z.object({ seq: z.bigint(), request_id: z.string().nullable(), kind: z.string() });

/** What was written since the last run; null: nothing. Doesn't read the entries' bodies. */
export async function readJournalUpdates(db: Database): Promise<JournalUpdates | null> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT seq, request_id::text, kind FROM signer.journal
     WHERE seq > coalesce((SELECT seq FROM portal.journal_reading WHERE reader = ${reader}), 0)
     ORDER BY seq LIMIT ${entriesMax}`;
  const first = new Map<string, bigint>();
  let last: bigint | null = null;
  for (const row of rows) {
    const { seq, request_id: id, kind } = rowSchema.parse(row);
    last = seq;
    if (id !== null && (kinds as readonly string[]).includes(kind) && !first.has(id)) first.set(id, seq);
  }
  if (last === null) return null;
  return { requests: [...first].map(([id, seq]) => ({ id: parseRequestId(id), seq })), last };
}

/** Never moves back: another portal may have read on. */
export async function markJournalRead(db: Database, seq: bigint): Promise<void> {
  await db.$executeRaw`
    INSERT INTO portal.journal_reading (reader, seq) VALUES (${reader}, ${seq})
    ON CONFLICT (reader) DO UPDATE SET seq = greatest(journal_reading.seq, excluded.seq)`;
}
