/** The amount of open work, for the signer's own report. */
import { z } from 'zod';
import type { Database } from '../../ground/database/index.ts';

export interface Backlog {
  /** In order of the steps' names. due: could be worked on now. later: tried again at a set time. waiting: for people. */
  readonly groups: readonly {
    readonly step: string;
    readonly state: 'at-work' | 'due' | 'later' | 'waiting';
    readonly count: number;
    /** When the signer first saw the oldest of them. */
    readonly oldestAt: Date;
  }[];
  /** When the longest-due request became due; null: nothing is due. */
  readonly dueSince: Date | null;
  /** There are more than were counted. */
  readonly isCapped: boolean;
}

/** Counting stops here: larger numbers tell nobody more. */
const countedMax = 20_000;

const groupRow = z.object({
  step: z.string(),
  state: z.enum(['at-work', 'due', 'later', 'waiting']),
  count: z.number().int(),
  oldest: z.date(),
});
const dueRow = z.object({ since: z.date().nullable() });

export async function readBacklog(database: Pick<Database, 'query'>, now: Date): Promise<Backlog> {
  const groups = await database.query(
    `SELECT coalesce(state.step, 'received') AS step,
            CASE WHEN open.lease_owner IS NOT NULL THEN 'at-work' WHEN open.waiting THEN 'waiting'
                 WHEN open.due_at <= $1 THEN 'due' ELSE 'later' END AS state,
            count(*)::int AS count, min(open.seen_at) AS oldest
       FROM (SELECT * FROM signer.open_request LIMIT ${countedMax}) AS open
       LEFT JOIN signer.request_state AS state ON state.request_id = open.request_id
      GROUP BY 1, 2 ORDER BY 1, 2`,
    [now],
  );
  const due = await database.query(
    `WITH RECURSIVE projects AS (
       (SELECT project FROM signer.open_request WHERE NOT waiting ORDER BY project LIMIT 1)
       UNION ALL
       SELECT (SELECT open.project FROM signer.open_request AS open
                WHERE NOT open.waiting AND open.project > projects.project ORDER BY open.project LIMIT 1)
         FROM projects WHERE projects.project IS NOT NULL
     )
     SELECT min(greatest(head.due_at, head.seen_at)) AS since
       FROM projects CROSS JOIN LATERAL (
            SELECT open.due_at, open.seen_at FROM signer.open_request AS open
             WHERE NOT open.waiting AND open.project = projects.project AND open.due_at <= $1 AND open.lease_owner IS NULL
             ORDER BY open.due_at LIMIT 1) AS head`,
    [now],
  );
  const parsed = groups.map((row) => groupRow.parse(row));
  return {
    groups: parsed.map(({ oldest, ...group }) => ({ ...group, oldestAt: oldest })),
    dueSince: dueRow.parse(due[0]).since,
    isCapped: parsed.reduce((sum, one) => sum + one.count, 0) >= countedMax,
  };
}
