/** What the signer's journal says that webhooks may be told of, behind a cursor. Entries are appended in order. */
import { z } from 'zod';
import type { JournalKind } from '#core/wire/journal/index.ts';
import type { Database } from '../platform/db/index.ts';

const reader = 'webhooks';
/** Entries read in one run; the rest follow a few seconds later. */
const entriesMax = 500;
/** Entries that change the status of a request, and those whose body says what happened. */
const ofRequests: readonly JournalKind[] = [
  ...(['step.started', 'step.finished'] as const),
  ...(['request.released', 'request.denied', 'request.failed'] as const),
];
const ofOthers: readonly JournalKind[] = ['policy.accepted', 'certificate.revoked'];

const rowSchema = z.object({
  seq: z.bigint(),
  at: z.date(),
  kind: z.string(),
  request_id: z.string().nullable(),
  /** null: the entry is of no request. */
  project: z.string().nullable(),
  /** null: of entries whose body isn't needed. */
  body: z.string().nullable(),
});

export interface JournalUpdates {
  readonly entries: readonly z.output<typeof rowSchema>[];
  readonly last: bigint;
}

/** What was written since the last run; null: nothing. Each request once, with the first of its entries. */
export async function readJournalUpdates(db: Database): Promise<JournalUpdates | null> {
  const found = await db.$queryRaw<unknown[]>`
    SELECT entry.seq, entry.at, entry.kind, entry.request_id::text, request.project_slug AS project,
           CASE WHEN entry.kind = ANY(${[...ofOthers]}) THEN entry.body END AS body
      FROM (SELECT seq, at, kind, request_id, body FROM signer.journal
             WHERE seq > coalesce((SELECT seq FROM portal.journal_reading WHERE reader = ${reader}), 0)
             ORDER BY seq LIMIT ${entriesMax}) AS entry
      LEFT JOIN portal.signing_request AS request ON request.id = entry.request_id
     ORDER BY entry.seq`;
  const rows = found.map((row) => rowSchema.parse(row));
  const last = rows.at(-1)?.seq;
  if (last === undefined) return null;
  const seen = new Set<string>();
  const entries = rows.filter(({ kind, request_id: id }) => {
    if ((ofOthers as readonly string[]).includes(kind)) return true;
    if (id === null || seen.has(id) || !(ofRequests as readonly string[]).includes(kind)) return false;
    seen.add(id);
    return true;
  });
  return { entries, last };
}

/** Never moves back: another portal may have read on. */
export async function markJournalRead(db: Database, seq: bigint): Promise<void> {
  await db.$executeRaw`
    INSERT INTO portal.journal_reading (reader, seq) VALUES (${reader}, ${seq})
    ON CONFLICT (reader) DO UPDATE SET seq = greatest(journal_reading.seq, excluded.seq)`;
}
