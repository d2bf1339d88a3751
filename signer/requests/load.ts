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
    `SELECT id, project_slug, policy_slug, artifact_sha256, artifact_name, bundle_sha256, submitted_by, submitted_at
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

/** The newest submissions of a request, oldest first; bounded, because anybody may hand in nonsense. */
export async function loadSubmissions(database: Database, id: RequestId): Promise<readonly Submission[]> {
  const rows = await database.query(
    `SELECT statement, signature FROM (
       SELECT statement, signature, submitted_at FROM portal.approval_submission
        WHERE request_id = $1 AND length(statement) <= 8192 AND length(signature) <= 16384
        ORDER BY submitted_at DESC LIMIT ${submissionsMax}) AS newest
      ORDER BY submitted_at`,
    [id],
  );
  return rows.map((row) => submissionRow.parse(row));
}

const dueRow = z.object({ id: z.string() });

/**
 * Requests that need the signer although no job may say so: new ones, interrupted ones, those whose retry
 * is due, and waiting ones with a newer approval. The queue only wakes; this is what makes work durable.
 */
export async function findDue(database: Database, now: Date, limit: number): Promise<readonly RequestId[]> {
  const rows = await database.query(
    `SELECT request.id FROM portal.signing_request AS request
       LEFT JOIN signer.request_state AS state ON state.request_id = request.id
      WHERE state.request_id IS NULL
         OR (state.status IN ('received', 'checking', 'signing') AND (state.retry_at IS NULL OR state.retry_at <= $1))
         OR (state.status = 'waiting-for-approval' AND EXISTS (
              SELECT 1 FROM portal.approval_submission AS approval
               WHERE approval.request_id = request.id AND approval.submitted_at > state.updated_at))
      ORDER BY request.submitted_at LIMIT $2`,
    [now, limit],
  );
  return rows.flatMap((row) => {
    const { id } = dueRow.parse(row);
    return [parseRequestId(id)];
  });
}
