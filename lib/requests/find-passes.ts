/** Where in the journal each pass over a request is, and how it ended. */
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../platform/db/index.ts';

export interface PassLine {
  readonly number: number;
  readonly startedAt: Date;
  readonly outcome: 'released' | 'denied' | 'failed' | 'waiting' | 'retrying' | null;
}

/** A pass and where its entries are: from `first` to before `next`. */
export interface PassPlace extends PassLine {
  readonly first: bigint;
  readonly next: bigint | null;
}

const placeSchema = z.object({
  number: z.number(),
  first: z.bigint(),
  next: z.bigint().nullable(),
  startedAt: z.date(),
  outcome: z.enum(['released', 'denied', 'failed', 'waiting', 'retrying']).nullable().catch(null),
});

/** More than any entry's number. */
export const seqMax = 2n ** 63n - 1n;

/**
 * The newest passes up to `upTo` (null: the last), newest first. An entry without a pass belongs to the one at work. What marks a
 * pass is small and read by its kind, so what was signed costs nothing here; of each pass listed, the last entry alone is opened to
 * see how it ended.
 */
export async function findPasses(
  db: Database,
  input: { readonly requestId: RequestId; readonly upTo: number | null; readonly limit: number },
): Promise<readonly PassPlace[]> {
  const { requestId, upTo, limit } = input;
  // Here and beside: rows are compared with (kind, seq), as the index has them, and a kind at a time. Asked for `kind = …` in the order
  // of their numbers, PostgreSQL may walk the whole journal by its primary key, in the hope of an early end.
  const rows = await db.$queryRaw<unknown[]>`
    WITH marked AS (
      SELECT seq, at, CASE WHEN signer.reads_as_json(body) AND body::jsonb ->> 'pass' ~ '^[1-9][0-9]{0,8}$'
                           THEN (body::jsonb ->> 'pass')::int END AS pass
        FROM signer.journal
       WHERE request_id = ${requestId}::uuid
         AND kind IN ('step.started', 'request.received', 'request.released', 'request.denied', 'request.failed',
                      'signature.recovered')
    ), pass AS (
      SELECT number, min(seq) AS first, min(at) AS started_at
        FROM (SELECT seq, at, coalesce(max(pass) OVER (ORDER BY seq), 1) AS number FROM marked) AS numbered
       GROUP BY number
    ), place AS (
      SELECT number, CASE WHEN lag(number) OVER placed IS NULL THEN 0 ELSE first END AS first,
             lead(first) OVER placed AS next, started_at
        FROM pass WINDOW placed AS (ORDER BY number)
    ), asked AS (
      SELECT * FROM place WHERE ${upTo}::int IS NULL OR number <= ${upTo}::int ORDER BY number DESC LIMIT ${limit}::int
    )
    SELECT asked.number, asked.first, asked.next, asked.started_at AS "startedAt",
           CASE ended.kind
             WHEN 'request.released' THEN 'released'
             WHEN 'request.denied' THEN 'denied'
             WHEN 'request.failed' THEN 'failed'
             WHEN 'step.finished' THEN
               CASE WHEN signer.reads_as_json(ended.body) THEN
                 CASE ended.body::jsonb ->> 'outcome' WHEN 'waiting' THEN 'waiting' WHEN 'retry' THEN 'retrying' END END
           END AS outcome
      FROM asked
      LEFT JOIN LATERAL (
        SELECT last.kind, last.body
          FROM unnest('{step.finished,request.released,request.denied,request.failed}'::text[]) AS ending(kind)
          CROSS JOIN LATERAL (
            SELECT seq, kind, body FROM signer.journal
             WHERE request_id = ${requestId}::uuid AND (kind, seq) >= (ending.kind, asked.first)
               AND (kind, seq) < (ending.kind, coalesce(asked.next, ${seqMax}::bigint))
             ORDER BY kind DESC, seq DESC LIMIT 1
          ) AS last
         ORDER BY last.seq DESC LIMIT 1
      ) AS ended ON true
     ORDER BY asked.number DESC`;
  return rows.map((row) => placeSchema.parse(row));
}
