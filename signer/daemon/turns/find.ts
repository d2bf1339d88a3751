/**
 * Finds due work in the tables. Each search costs the same, whatever the history and whatever the portal's role puts
 * into its tables: pages of bounded length, by index, which together visit every row repeatedly.
 */
import { z } from 'zod';
import type { Database } from '../../ground/database/index.ts';
import { restSeconds } from '../requests/index.ts';

/** Rows of portal.signing_request to consider: `id`, `claimed`, `submitted_at`. */
interface Page {
  readonly sql: string;
  readonly value: unknown;
}

const columns = 'id, left(project_slug, 65) AS claimed, submitted_at';
/** The oldest and as many of the newest: a flood of requests delays one that comes in during it by little. */
const arrivedMax = 250;
/** Arrivals tell of every request; this walk would find one whose arrival was lost. */
const walkMax = 50;
const assignedMax = 2000;
const waitingMax = 500;
export const requestedMax = 200;

/** How many submissions of a request are counted to detect one out of order; a pass counts all. */
const countedMax = 1000;

/** The project whose turns a request takes, by the portal's slug: '' for all that the policy doesn't have. */
export type ProjectOf = (claimed: string) => string;

export interface Found {
  /** How many changed something. */
  readonly changed: number;
  /** The last id considered; null: none. */
  readonly last: string | null;
}

const foundRow = z.object({ changed: z.number().int(), last: z.string().nullable() });

export const named = (ids: readonly string[]): Page => ({
  sql: `SELECT ${columns} FROM portal.signing_request WHERE id = ANY($1::uuid[])`,
  value: ids.slice(0, requestedMax),
});

const arrivalRow = z.object({ seq: z.coerce.string(), request_id: z.string() });

/**
 * Adds requests that arrived and no signer has looked at, and takes their arrivals away → how many there were. Its cost is that of what
 * arrived, not of what there is.
 */
export async function addArrived(database: Database, projectOf: ProjectOf, now: Date): Promise<number> {
  const rows = await database.query(
    `(SELECT seq, request_id FROM portal.arrival ORDER BY seq LIMIT ${arrivedMax})
     UNION (SELECT seq, request_id FROM portal.arrival ORDER BY seq DESC LIMIT ${arrivedMax})`,
  );
  if (rows.length === 0) return 0;
  const arrivals = rows.map((row) => arrivalRow.parse(row));
  const ids = [...new Set(arrivals.map((arrival) => arrival.request_id))];
  for (let at = 0; at < ids.length; at += requestedMax)
    await addOpen(database, named(ids.slice(at, at + requestedMax)), projectOf, now);
  await database.query('DELETE FROM portal.arrival WHERE seq = ANY($1::bigint[])', [
    arrivals.map((arrival) => arrival.seq),
  ]);
  return arrivals.length;
}

export const after = (id: string): Page => ({
  sql: `SELECT ${columns} FROM portal.signing_request WHERE id > $1::uuid ORDER BY id LIMIT ${walkMax}`,
  value: id,
});

const newRow = z.object({
  id: z.string(),
  claimed: z.string(),
  waiting: z.boolean(),
  retry_at: z.string().nullable(),
  submitted_at: z.string(),
});
const pageRow = z.object({ last: z.string().nullable(), new: z.array(newRow) });

/**
 * Adds a page's open requests to the signer's own table. Malformed ids are left out: the signer can't keep a state for them.
 */
export async function addOpen(
  database: Database,
  page: Page,
  projectOf: ProjectOf,
  now: Date,
): Promise<Found> {
  const rows = await database.query(
    `WITH page AS MATERIALIZED (${page.sql}), new AS (
       SELECT page.id, page.claimed, page.submitted_at, state.retry_at,
              coalesce(state.status = 'waiting-for-approval', false) AS waiting
         FROM page LEFT JOIN signer.request_state AS state ON state.request_id = page.id
        WHERE (state.request_id IS NULL OR state.status IN ('received', 'checking', 'signing', 'waiting-for-approval'))
          AND page.id::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
          AND NOT EXISTS (SELECT 1 FROM signer.open_request AS open WHERE open.request_id = page.id))
     SELECT (SELECT id::text FROM page ORDER BY id DESC LIMIT 1) AS last,
            (SELECT coalesce(jsonb_agg(to_jsonb(new)), '[]') FROM new) AS new`,
    [page.value],
  );
  const { last, new: found } = pageRow.parse(rows[0]);
  if (found.length > 0) {
    await database.query(
      `INSERT INTO signer.open_request (request_id, claimed_project, project, seen_at, waiting, due_at)
       SELECT id, claimed, project, $1::timestamptz, waiting,
              coalesce(retry_at, greatest(least(submitted_at, $1::timestamptz), $1::timestamptz - interval '1 day'))
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::boolean[], $6::timestamptz[], $7::timestamptz[])
           AS new (id, claimed, project, waiting, retry_at, submitted_at)
       ON CONFLICT (request_id) DO NOTHING`,
      [
        now,
        found.map((request) => request.id),
        found.map((request) => request.claimed),
        found.map((request) => projectOf(request.claimed)),
        found.map((request) => request.waiting),
        found.map((request) => request.retry_at),
        found.map((request) => request.submitted_at),
      ],
    );
  }
  return { changed: found.length, last };
}

/** There are submissions that the signer hasn't read, determined with a bounded count, or the request was cancelled. */
const unread = `(EXISTS (SELECT 1 FROM portal.cancellation AS one WHERE one.request_id = open.request_id)
   OR EXISTS (SELECT 1 FROM portal.approval_submission AS one
                          WHERE one.request_id = open.request_id AND one.seq > coalesce(reading.position, 0))
   OR (coalesce(reading.rows_read, 0) < ${countedMax}
       AND coalesce(reading.rows_read, 0) <> (SELECT count(*) FROM (
             SELECT 1 FROM portal.approval_submission AS one WHERE one.request_id = open.request_id LIMIT ${countedMax}) AS counted)))`;

/** A decision that wasn't counted. */
const undecided = `(state.status <> 'waiting-for-approval'
   OR state.decisions_counted <> (SELECT count(*) FROM signer.approval_decision AS decision
                                   WHERE decision.request_id = open.request_id))`;

/** The pass that just ended began under another policy than the newest. */
const overtaken = `(state.policy_commit IS DISTINCT FROM (SELECT commit FROM signer.accepted_snapshot ORDER BY seq DESC LIMIT 1)
   AND open.policy_seen IS DISTINCT FROM (SELECT commit FROM signer.accepted_snapshot ORDER BY seq DESC LIMIT 1))`;

/**
 * Wakes requests that wait, for people or for a time, and are due now. Submissions are read at once, since one may be
 * a denial; another pass follows after the request's rest. Counts show what is new, not times, which the portal
 * chooses. Another policy is compared by `wakeForPolicy`, and here only for requests that are named.
 */
export async function wake(
  database: Database,
  which: { readonly after: string; readonly waiting: boolean } | { readonly ids: readonly string[] },
  now: Date,
): Promise<Found> {
  const changed = 'ids' in which ? `${undecided} OR ${overtaken}` : undecided;
  const [condition, values] =
    'ids' in which
      ? ['request_id = ANY($2::uuid[])', [which.ids.slice(0, requestedMax)]]
      : ['request_id > $2::uuid AND waiting = $3', [which.after, which.waiting]];
  const rows = await database.query(
    `WITH page AS MATERIALIZED (
       SELECT request_id FROM signer.open_request WHERE ${condition}
        ORDER BY request_id LIMIT ${waitingMax} FOR UPDATE SKIP LOCKED
     ), woken AS (
       UPDATE signer.open_request AS open
          SET waiting = false,
              due_at = CASE WHEN ${unread} THEN $1::timestamptz ELSE least(state.updated_at, $1::timestamptz) + ${restSeconds('state')} END
         FROM page JOIN signer.request_state AS state USING (request_id)
         LEFT JOIN signer.approval_reading AS reading USING (request_id)
        WHERE open.request_id = page.request_id AND open.lease_owner IS NULL
          AND (open.waiting OR open.due_at > $1::timestamptz)
          AND (${unread} OR (open.waiting AND (${changed})))
       RETURNING 1)
     SELECT (SELECT count(*)::int FROM woken) AS changed,
            (SELECT request_id::text FROM page ORDER BY request_id DESC LIMIT 1) AS last`,
    [now, ...values],
  );
  return foundRow.parse(rows[0]);
}

/** The newest policy that this signer accepted, by what decides in it. */
export interface TurnsPolicy {
  readonly commit: string;
  /** Of what decides for requests of a project's policy, by the portal's names; null: nothing may be signed under it. */
  decides(project: string, policy: string): string | null;
}

const comparedMax = 500;
/** Requests that wait for another pass because of a policy, so that new ones never come behind more of them. */
const recheckedMax = 16;
const comparedRow = z.object({
  request_id: z.string(),
  project: z.string(),
  policy: z.string(),
  policy_digest: z.string().nullable(),
});

export interface Compared {
  /** Some haven't been compared with this policy, or haven't been woken yet. */
  readonly isMore: boolean;
  /** How many were woken now. */
  readonly woken: number;
  /** Those, and those that were woken before and nobody has taken yet. */
  readonly untaken: readonly string[];
}

/**
 * Compares requests that wait under an earlier policy with the newest. Where all that decides is the same they wait on; of the others a few
 * are woken at a time, `before` being those that were. Nothing happens while another signer has accepted a newer policy.
 */
export async function wakeForPolicy(
  database: Database,
  policy: TurnsPolicy,
  before: readonly string[],
  now: Date,
): Promise<Compared> {
  const rows = await database.query(
    `SELECT open.request_id, left(request.project_slug, 65) AS project, left(request.policy_slug, 65) AS policy, state.policy_digest
       FROM signer.open_request AS open
       JOIN signer.request_state AS state ON state.request_id = open.request_id
       JOIN portal.signing_request AS request ON request.id = open.request_id
      WHERE open.waiting AND open.lease_owner IS NULL
        AND state.policy_commit IS DISTINCT FROM $1 AND open.policy_seen IS DISTINCT FROM $1
        AND (SELECT commit FROM signer.accepted_snapshot ORDER BY seq DESC LIMIT 1) IS NOT DISTINCT FROM $1
      ORDER BY open.request_id LIMIT ${comparedMax}`,
    [policy.commit],
  );
  const waiting = rows.map((row) => comparedRow.parse(row));
  const same = waiting.filter(
    (one) => one.policy_digest !== null && one.policy_digest === policy.decides(one.project, one.policy),
  );
  if (same.length > 0)
    await database.query(
      'UPDATE signer.open_request SET policy_seen = $1 WHERE request_id = ANY($2::uuid[])',
      [policy.commit, same.map((one) => one.request_id)],
    );
  const unseen = new Set(same);
  const changed = waiting.filter((one) => !unseen.has(one)).map((one) => one.request_id);
  const left = await database.query(
    'SELECT request_id FROM signer.open_request WHERE request_id = ANY($1::uuid[]) AND NOT waiting AND lease_owner IS NULL',
    [before],
  );
  const woken = changed.slice(0, Math.max(0, recheckedMax - left.length));
  if (woken.length > 0)
    await database.query(
      `UPDATE signer.open_request AS open
          SET waiting = false, due_at = greatest($1::timestamptz, least(state.updated_at, $1::timestamptz) + ${restSeconds('state')})
         FROM signer.request_state AS state
        WHERE open.request_id = state.request_id AND open.request_id = ANY($2::uuid[])
          AND open.waiting AND open.lease_owner IS NULL`,
      [now, woken],
    );
  return {
    isMore: waiting.length === comparedMax || changed.length > woken.length,
    woken: woken.length,
    untaken: [...left.map((row) => z.object({ request_id: z.string() }).parse(row).request_id), ...woken],
  };
}

const openRow = z.object({ request_id: z.string(), claimed_project: z.string(), project: z.string() });

/**
 * Assigns a page of open requests to the projects that they name, once the policy has them, and unassigns them from
 * removed ones.
 */
export async function assign(database: Database, afterId: string, projectOf: ProjectOf): Promise<Found> {
  const rows = await database.query(
    `SELECT request_id, claimed_project, project FROM signer.open_request WHERE request_id > $1::uuid
      ORDER BY request_id LIMIT ${assignedMax}`,
    [afterId],
  );
  const open = rows.map((row) => openRow.parse(row));
  const moved = open.filter((request) => projectOf(request.claimed_project) !== request.project);
  if (moved.length > 0) {
    await database.query(
      `UPDATE signer.open_request AS open SET project = moved.project
         FROM unnest($1::uuid[], $2::text[]) AS moved (id, project) WHERE open.request_id = moved.id`,
      [
        moved.map((request) => request.request_id),
        moved.map((request) => projectOf(request.claimed_project)),
      ],
    );
  }
  return { changed: moved.length, last: open.at(-1)?.request_id ?? null };
}
