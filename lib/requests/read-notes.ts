/** Entries of a pass that are no step's beginning or end: in pages, searched and counted. What was signed has two of each file. */
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import { sql, type Database } from '../platform/db/index.ts';
import { seqMax } from './find-passes.ts';
import type { PassPlace } from './find-passes.ts';
import { boundedBody, rowSchema } from './journal-rows.ts';
import { keptCounts } from './kept-counts.ts';
import type { JournalRow } from './trace-entry.ts';

/** Entries of each kind that one answer searches for a path. */
export const searchedMax = 5_000;

export interface NotePage {
  readonly rows: readonly JournalRow[];
  /** Where a search ended before the pass did: the first entry that wasn't searched. */
  readonly unsearched: bigint | null;
}

const placeSchema = z.object({ seq: z.bigint().nullable() });

/** Entries of some kinds in a pass, after one; whose text holds `file` (null: all). */
export async function readNotes(
  db: Database,
  input: {
    readonly requestId: RequestId;
    readonly pass: PassPlace;
    readonly kinds: readonly string[];
    readonly after: bigint;
    readonly file: string | null;
    readonly limit: number;
  },
): Promise<NotePage> {
  const { requestId, pass, kinds, after, file, limit } = input;
  const from = after < pass.first ? pass.first : after + 1n;
  const unsearched =
    file === null ? null : await endOfSearch(db, { requestId, kinds, from, next: pass.next });
  const before = unsearched ?? pass.next ?? seqMax;
  const rows = await db.$queryRaw<unknown[]>`
    SELECT entry.* FROM unnest(${[...kinds]}::text[]) AS wanted(kind) CROSS JOIN LATERAL (
      SELECT seq, at, kind, ${boundedBody(sql`journal`)} AS body, entry_hash AS "entryHash"
        FROM signer.journal
       WHERE request_id = ${requestId}::uuid AND (kind, seq) >= (wanted.kind, ${from}::bigint)
         AND (kind, seq) < (wanted.kind, ${before}::bigint)
         AND (${file}::text IS NULL OR position(lower(${file}::text) IN lower(body)) > 0)
       ORDER BY kind, seq LIMIT ${limit}::int) AS entry
     ORDER BY entry.seq LIMIT ${limit}::int`;
  return { rows: rows.map((row) => rowSchema.parse(row)), unsearched };
}

/** The first entry that a search from `from` on doesn't come to; null: it comes to the end of the pass. */
async function endOfSearch(
  db: Database,
  input: {
    readonly requestId: RequestId;
    readonly kinds: readonly string[];
    readonly from: bigint;
    readonly next: bigint | null;
  },
): Promise<bigint | null> {
  const { requestId, kinds, from, next } = input;
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT min(last.seq) AS seq FROM unnest(${[...kinds]}::text[]) AS wanted(kind) CROSS JOIN LATERAL (
      SELECT seq FROM signer.journal
       WHERE request_id = ${requestId}::uuid AND (kind, seq) >= (wanted.kind, ${from}::bigint)
         AND (kind, seq) < (wanted.kind, ${next ?? seqMax}::bigint)
       ORDER BY kind, seq OFFSET ${searchedMax}::int LIMIT 1) AS last`;
  return placeSchema.parse(row).seq;
}

/** How many entries of some kinds a pass has. They only grow, at their end, so what was counted once is added to. */
export async function countNotes(
  db: Database,
  requestId: RequestId,
  pass: PassPlace,
  kinds: readonly string[],
): Promise<number> {
  const counts = keptCounts(db);
  const key = `${requestId} ${pass.first} ${kinds.join(' ')}`;
  const kept = counts.get(key);
  // Whoever counted while the next pass began has some of its entries.
  const isOfThis = kept !== undefined && (pass.next === null || kept.to < pass.next);
  const before = isOfThis ? kept : { to: pass.first - 1n, count: 0 };
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT count(*) AS count, max(seq) AS last FROM signer.journal
     WHERE request_id = ${requestId}::uuid AND kind = ANY(${[...kinds]}::text[])
       AND seq > ${before.to} AND seq < ${pass.next ?? seqMax}::bigint`;
  const added = countSchema.parse(row);
  if (added.last === null) return before.count;
  const count = before.count + Number(added.count);
  counts.set(key, { to: added.last, count });
  return count;
}

const countSchema = z.object({ count: z.bigint(), last: z.bigint().nullable() });
