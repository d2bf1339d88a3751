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
    stopped: z.boolean(),
    stops: z.array(stopSchema),
  })
  .transform((row) => ({
    signer: row.signer_id,
    journalSeq: row.journal_seq,
    seenAt: row.seen_at,
    stops: row.stops,
    /** On purpose, so that nobody waits for it. */
    isStopped: row.stopped,
    isAlive: row.age < aliveSeconds && !row.stopped,
  }));

export type Presence = z.infer<typeof rowSchema>;

/** What a signer says of itself, beside the stops that it has in force. */
export interface SignerFacts {
  /** Of the program. */
  readonly version: string;
  /** By which it works; null: none is accepted yet. */
  readonly policyCommit: string | null;
  /** Why it takes no requests although it runs: others have accepted a newer policy; null: it takes them. */
  readonly behind: string | null;
  /** In its register, and the journal's last one up to which that holds everything. */
  readonly revocations: { readonly count: number; readonly through: bigint };
}

interface Report {
  readonly signer: string;
  readonly run: string;
  readonly state: StopState;
  readonly facts: SignerFacts;
}

/** Writes this signer's row → the process that wrote it before; null: none did. */
export async function reportPresence(
  database: Pick<Database, 'query'>,
  { signer, run, state, facts }: Report,
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
     INSERT INTO signer.presence
       (signer_id, run, started_at, seen_at, journal_seq, stops, version, policy_commit, behind, revocations, revocations_seq)
     VALUES ($1, $2, now(), now(), $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (signer_id) DO UPDATE SET run = $2, seen_at = now(), journal_seq = $3, stops = $4, version = $5,
       policy_commit = $6, behind = $7, revocations = $8, revocations_seq = $9, stopped_at = NULL,
       started_at = CASE WHEN signer.presence.run = $2 THEN signer.presence.started_at ELSE now() END
     RETURNING (SELECT run FROM before) AS run`,
    [
      signer,
      run,
      state.through?.seq ?? '0',
      JSON.stringify(stops),
      facts.version,
      facts.policyCommit,
      facts.behind?.slice(0, 1000).toWellFormed().replaceAll('\0', '\uFFFD') ?? null,
      facts.revocations.count,
      facts.revocations.through.toString(),
    ],
  );
  return { previousRun: z.object({ run: z.string().nullable() }).parse(row).run };
}

const pick = ({ project, reason, at }: ReturnType<typeof factsOf>) => ({ project, reason, at });

/** That this process was stopped on purpose, and nobody has to wait for it. */
export async function reportStopped(
  database: Pick<Database, 'query'>,
  { signer, run }: Pick<Report, 'signer' | 'run'>,
): Promise<void> {
  await database.query('UPDATE signer.presence SET stopped_at = now() WHERE signer_id = $1 AND run = $2', [
    signer,
    run,
  ]);
}

/** Whether a signer that doesn't have a stop in force has read its entry: then it was lifted there. */
export const hasRead = (presence: Presence, seq: string | null): boolean =>
  seq !== null && presence.journalSeq >= BigInt(seq);

/** Signers that were seen within a month, by name. Times are the database's. */
export async function readPresences(database: Pick<Database, 'query'>): Promise<readonly Presence[]> {
  const rows = await database.query(
    `SELECT signer_id, journal_seq, seen_at, stops, stopped_at IS NOT NULL AS stopped, extract(epoch FROM now() - seen_at) AS age
       FROM signer.presence
      WHERE seen_at > now() - interval '30 days' ORDER BY signer_id LIMIT 200`,
  );
  return rows.map((row) => rowSchema.parse(row));
}
