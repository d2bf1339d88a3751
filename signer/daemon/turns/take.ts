/**
 * Decides whose turn it is. Projects take turns, however much they have waiting; requests without a project in the
 * accepted policy share one turn, because the portal can invent names. The rule is stated for people in
 * docs/guides/fairness.md.
 */
import { z } from 'zod';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import type { Database } from '../../ground/database/index.ts';

export interface TurnRule {
  /** Requests of one project at work at once, over all signers. */
  readonly perProjectMax: number;
  /** Work, in seconds, beyond which a project comes after all others. */
  readonly workSecondsMax: number;
  /** Half-life of counted work. */
  readonly workHalfLifeSeconds: number;
}

const turnRow = z.object({
  request_id: z.string().transform((value) => parseRequestId(value)),
  project: z.string(),
});

/** What is left of a project's work after a time; the exponent is bounded, as PostgreSQL refuses results next to zero, and ones beyond all numbers: of a time that a clock which was ahead gave. */
export const workLeft = (turn: string, halfLife: string): string =>
  `${turn}.work_seconds * power(0.5, least(greatest(extract(epoch FROM clock_timestamp() - ${turn}.work_at)::float8 / ${halfLife}, 0), 60))`;

/**
 * Projects with something due are found by skipping through the index from one to the next, so a project costs the same
 * with one request or a hundred thousand. First those below their share of work, then those with the fewest running
 * requests, then those longest without a turn; within a project, the earliest due. The one that is found is leased.
 */
const choose = `
  WITH RECURSIVE projects AS (
    (SELECT project FROM signer.open_request WHERE NOT waiting ORDER BY project LIMIT 1)
    UNION ALL
    SELECT (SELECT open.project FROM signer.open_request AS open
             WHERE NOT open.waiting AND open.project > projects.project ORDER BY open.project LIMIT 1)
      FROM projects WHERE projects.project IS NOT NULL
  ), at_work AS (
    SELECT project, count(*) AS count FROM signer.open_request WHERE lease_owner IS NOT NULL GROUP BY project
  )
, chosen AS (
  SELECT head.request_id, projects.project
    FROM projects
   CROSS JOIN LATERAL (
         SELECT open.request_id, open.due_at FROM signer.open_request AS open
          WHERE NOT open.waiting AND open.project = projects.project AND open.due_at <= $1 AND open.lease_owner IS NULL
          ORDER BY open.due_at LIMIT 1) AS head
    LEFT JOIN at_work ON at_work.project = projects.project
    LEFT JOIN signer.project_turn AS turn ON turn.project = projects.project
   WHERE coalesce(at_work.count, 0) < $2
   ORDER BY coalesce(${workLeft('turn', '$4')} > $3, false), coalesce(at_work.count, 0), turn.turn_at NULLS FIRST, head.due_at
   LIMIT 1
  ), leased AS (
    UPDATE signer.open_request AS open
       SET lease_owner = $5, lease_until = clock_timestamp() + make_interval(secs => $6)
      FROM chosen WHERE open.request_id = chosen.request_id AND open.lease_owner IS NULL
    RETURNING open.request_id, chosen.project
  ), turned AS (
    INSERT INTO signer.project_turn (project, turn_at, work_seconds, work_at)
    SELECT project, clock_timestamp(), 0, clock_timestamp() FROM leased
    ON CONFLICT (project) DO UPDATE SET turn_at = clock_timestamp())
  SELECT request_id, project FROM leased`;

/** Leases the request whose turn it is, for `leaseSeconds`; null: nothing is due, or its projects are at their limit. */
export async function takeTurn(
  database: Database,
  {
    now,
    owner,
    rule,
    leaseSeconds,
  }: {
    readonly now: Date;
    readonly owner: string;
    readonly rule: TurnRule;
    readonly leaseSeconds: number;
  },
): Promise<{ readonly requestId: RequestId; readonly project: string } | null> {
  return database.transaction(async (transaction) => {
    // Signers choose one at a time: otherwise two might take requests of the same project.
    const turn = await transaction.query(`SELECT 1 FROM signer.mutex WHERE name = 'turns' FOR UPDATE`);
    if (turn.rowCount !== 1)
      throw new Unavailable('database', 'signer.mutex lacks its row “turns”', 'run npm run db:migrate');
    // Expired leases; and those that end later than any that is given now, which only a database’s clock that was ahead can have given.
    await transaction.query(
      `UPDATE signer.open_request SET lease_owner = NULL, lease_until = NULL
        WHERE lease_owner IS NOT NULL
          AND (lease_until < clock_timestamp() OR lease_until > clock_timestamp() + make_interval(secs => 2 * $1::float8))`,
      [leaseSeconds],
    );
    const { rows } = await transaction.query(choose, [
      now,
      rule.perProjectMax,
      rule.workSecondsMax,
      rule.workHalfLifeSeconds,
      owner,
      leaseSeconds,
    ]);
    if (rows[0] === undefined) return null;
    const { request_id: requestId, project } = turnRow.parse(rows[0]);
    return { requestId, project };
  });
}
