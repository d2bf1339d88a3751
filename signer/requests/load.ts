/** What the portal says was asked. Every field is a claim: parsed here, believed nowhere. */
import { z } from 'zod';
import {
  parsePolicySlug,
  parseProjectSlug,
  parseRequestId,
  parseSha256Hex,
  type PolicySlug,
  type ProjectSlug,
  type RequestId,
  type Sha256Hex,
} from '../../lib/core/ids/index.ts';
import type { Database } from '../database/index.ts';

export interface ClaimedRequest {
  readonly id: RequestId;
  readonly project: ProjectSlug;
  readonly policy: PolicySlug;
  readonly artifactSha256: Sha256Hex;
  /** For people only: a name somebody typed. */
  readonly artifactName: string;
  readonly bundleSha256: Sha256Hex | null;
  readonly submittedBy: string;
  readonly submittedAt: Date;
}

const requestRow = z
  .object({
    id: z.string().transform((value) => parseRequestId(value)),
    project_slug: z.string().transform((value) => parseProjectSlug(value)),
    policy_slug: z.string().transform((value) => parsePolicySlug(value)),
    artifact_sha256: z.string().transform((value) => parseSha256Hex(value)),
    artifact_name: z.string().max(1024),
    bundle_sha256: z
      .string()
      .nullable()
      .transform((value) => (value === null ? null : parseSha256Hex(value))),
    submitted_by: z.string().max(512),
    submitted_at: z.date(),
  })
  .transform((row): ClaimedRequest => ({
    id: row.id,
    project: row.project_slug,
    policy: row.policy_slug,
    artifactSha256: row.artifact_sha256,
    artifactName: row.artifact_name,
    bundleSha256: row.bundle_sha256,
    submittedBy: row.submitted_by,
    submittedAt: row.submitted_at,
  }));

/** request id → the claim, or null where the portal has no such row. Throws where the row is malformed. */
export async function loadRequest(database: Database, id: RequestId): Promise<ClaimedRequest | null> {
  const rows = await database.query(
    // Whoever writes the row can make a column a gigabyte long: no more comes over the wire than is looked at.
    `SELECT id, left(project_slug, 65) AS project_slug, left(policy_slug, 65) AS policy_slug,
            left(artifact_sha256, 65) AS artifact_sha256, left(artifact_name, 1025) AS artifact_name,
            left(bundle_sha256, 65) AS bundle_sha256, left(submitted_by, 513) AS submitted_by, submitted_at
       FROM portal.signing_request WHERE id = $1`,
    [id],
  );
  return rows[0] === undefined ? null : requestRow.parse(rows[0]);
}

/** An approval as it was handed in: two texts, nothing of which is believed before it is verified. */
export interface Submission {
  readonly statement: string;
  readonly signature: string;
}

const submissionRow = z.object({ statement: z.string(), signature: z.string() });
const submissionsMax = 200;
/** Passes before the signer begins to rest between two; each further one adds a second, up to the maximum. */
const freePasses = 5;
const restSecondsMax = 300;

const countRow = z.object({ count: z.number().int() });

/**
 * The newest submissions of a request, oldest first; bounded, because anybody may hand in nonsense. `seen` is how
 * many there were at the least: counted first, so that one that comes in between is found later and never missed.
 */
export async function loadSubmissions(
  database: Database,
  id: RequestId,
): Promise<{ readonly submissions: readonly Submission[]; readonly seen: number }> {
  const counted = await database.query(
    'SELECT count(*)::int AS count FROM portal.approval_submission WHERE request_id = $1',
    [id],
  );
  const rows = await database.query(
    `SELECT statement, signature FROM (
       SELECT statement, signature, submitted_at FROM portal.approval_submission
        WHERE request_id = $1 AND length(statement) <= 8192 AND length(signature) <= 16384
        ORDER BY submitted_at DESC LIMIT ${submissionsMax}) AS newest
      ORDER BY submitted_at`,
    [id],
  );
  return { submissions: rows.map((row) => submissionRow.parse(row)), seen: countRow.parse(counted[0]).count };
}

const dueRow = z.object({ id: z.string() });

/**
 * Requests that need the signer although no job may say so: new ones, interrupted ones, those whose retry
 * is due, and waiting ones with more submissions than were counted or under another policy than the one in force now. The queue only wakes; this is what makes work
 * durable. Counts and not times tell what is new: times are the portal's to choose. A request that was looked at
 * many times rests between two looks, so that a flood of worthless approvals buys little work. Ids that are
 * none are left out: the signer can't keep a state for them.
 */
export async function findDue(
  database: Database,
  now: Date,
  limit: number,
  only: RequestId | null = null,
): Promise<readonly RequestId[]> {
  const rows = await database.query(
    `SELECT request.id FROM portal.signing_request AS request
       LEFT JOIN signer.request_state AS state ON state.request_id = request.id
      WHERE ($3::uuid IS NULL OR request.id = $3::uuid)
        AND request.id::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
        AND (state.request_id IS NULL
         OR (state.status IN ('received', 'checking', 'signing') AND (state.retry_at IS NULL OR state.retry_at <= $1))
         OR (state.status = 'waiting-for-approval'
             AND state.updated_at <= $1::timestamptz - make_interval(secs => least(greatest(state.pass - ${freePasses}, 0), ${restSecondsMax}))
             AND (state.policy_commit IS DISTINCT FROM (SELECT commit FROM signer.accepted_snapshot ORDER BY seq DESC LIMIT 1)
                  OR state.approvals_seen < (
                    SELECT count(*) FROM portal.approval_submission AS approval WHERE approval.request_id = request.id))))
      ORDER BY request.submitted_at LIMIT $2`,
    [now, limit, only],
  );
  return rows.map((row) => parseRequestId(dueRow.parse(row).id));
}
