/** Which signers run on this database and which stops each has in force: how a stop is confirmed. */
import { z } from 'zod';
import type { Database } from '../../ground/database/index.ts';
import { factsOf } from './entry.ts';
import type { StopState } from './state.ts';

/** Stops reported for one signer; the file holds the rest. */
const shownMax = 200;
/** A signer writes its row every few seconds. */
export const aliveSeconds = 30;

const stopSchema = z.object({
  digest: z.string(),
  /** Sequence number of its journal entry; null: it isn't there yet. */
  seq: z.string().nullable(),
  project: z.string().nullable(),
  reason: z.string(),
  at: z.string(),
  by: z.string(),
  /** `host NAME` or `word`. */
  given: z.string(),
  doubt: z.string().nullable(),
  /** When this signer added it to its own file. */
  confirmedAt: z.string(),
});
const rowSchema = z
  .object({
    signer_id: z.string(),
    journal_seq: z.union([z.string(), z.bigint()]).transform((value) => BigInt(value)),
    seen_at: z.date(),
    age: z.coerce.number(),
    stops: z.array(stopSchema),
  })
  .transform((row) => ({
    signer: row.signer_id,
    journalSeq: row.journal_seq,
    seenAt: row.seen_at,
    stops: row.stops,
    isAlive: row.age < aliveSeconds,
  }));

export type Presence = z.infer<typeof rowSchema>;

/** Writes this signer's row → the process that wrote it before; null: none did. */
export async function reportPresence(
  database: Pick<Database, 'query'>,
  { signer, run, state }: { readonly signer: string; readonly run: string; readonly state: StopState },
): Promise<{ readonly previousRun: string | null }> {
  const stops = state.stops.slice(-shownMax).map(({ entry, digest, seq, doubt, since }) => ({
    digest,
    seq,
    ...pick(factsOf(entry)),
    by: entry.by,
    doubt,
    confirmedAt: since,
    given: entry.source === 'host' ? `host ${entry.signer}` : 'word',
  }));
  const [row] = await database.query(
    `WITH before AS (SELECT run FROM signer.presence WHERE signer_id = $1)
     INSERT INTO signer.presence (signer_id, run, started_at, seen_at, journal_seq, stops)
     VALUES ($1, $2, now(), now(), $3, $4)
     ON CONFLICT (signer_id) DO UPDATE SET run = $2, seen_at = now(), journal_seq = $3, stops = $4,
       started_at = CASE WHEN signer.presence.run = $2 THEN signer.presence.started_at ELSE now() END
     RETURNING (SELECT run FROM before) AS run`,
    [signer, run, state.through?.seq ?? '0', JSON.stringify(stops)],
  );
  return { previousRun: z.object({ run: z.string().nullable() }).parse(row).run };
}

const pick = ({ project, reason, at }: ReturnType<typeof factsOf>) => ({ project, reason, at });

/** Whether a signer that doesn't have a stop in force has read its entry: then it was lifted there. */
export const hasRead = (presence: Presence, seq: string | null): boolean =>
  seq !== null && presence.journalSeq >= BigInt(seq);

/** Signers that were seen within a month, by name. Times are the database's. */
export async function readPresences(database: Pick<Database, 'query'>): Promise<readonly Presence[]> {
  const rows = await database.query(
    `SELECT signer_id, journal_seq, seen_at, stops, extract(epoch FROM now() - seen_at) AS age FROM signer.presence
      WHERE seen_at > now() - interval '30 days' ORDER BY signer_id LIMIT 200`,
  );
  return rows.map((row) => rowSchema.parse(row));
}
