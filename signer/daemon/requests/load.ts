/** A request as the portal states it. Every field is a claim: parsed here, trusted nowhere. */
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
} from '#core/ids/index.ts';
import { parametersCharactersMax, readParameters } from '#core/wire/parameters/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import type { Database } from '../../ground/database/index.ts';

export interface ClaimedRequest {
  readonly id: RequestId;
  readonly project: ProjectSlug;
  readonly policy: PolicySlug;
  readonly artifactSha256: Sha256Hex;
  /** For people only: a name that somebody typed. */
  readonly artifactName: string;
  readonly bundleSha256: Sha256Hex | null;
  readonly submittedBy: string;
  readonly submittedAt: Date;
  /** Values for the artifact configuration; whether it asks for them is checked with the policy. */
  readonly parameters: ParameterValues;
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
    parameters: z.unknown().transform((value, context): ParameterValues => {
      const read = readParameters(value);
      if (read.ok) return read.value;
      context.addIssue({ code: 'custom', message: read.message });
      return z.NEVER;
    }),
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
    parameters: row.parameters,
  }));

/** With room for quotes and what JSON escapes. */
const parametersBytesMax = 4 * parametersCharactersMax;

/** request id → the claim, or null where the portal has no such row. Throws where the row is malformed. */
export async function loadRequest(database: Database, id: RequestId): Promise<ClaimedRequest | null> {
  const rows = await database.query(
    // Whoever writes the row can make a column a gigabyte long: no more is transferred than is parsed.
    `SELECT id, left(project_slug, 65) AS project_slug, left(policy_slug, 65) AS policy_slug,
            left(artifact_sha256, 65) AS artifact_sha256, left(artifact_name, 1025) AS artifact_name,
            left(bundle_sha256, 65) AS bundle_sha256, left(submitted_by, 513) AS submitted_by, submitted_at,
            CASE WHEN octet_length(parameters::text) <= ${parametersBytesMax} THEN parameters END AS parameters
       FROM portal.signing_request WHERE id = $1`,
    [id],
  );
  return rows[0] === undefined ? null : requestRow.parse(rows[0]);
}

/** Passes before the signer begins to rest between them; each further one adds a second, up to the maximum. */
const freePasses = 5;
const restSecondsMax = 300;

/** How long a request rests after a pass, so that a flood of worthless approvals buys little work; SQL over request_state. */
export const restSeconds = (state: string): string =>
  `make_interval(secs => least(greatest(${state}.pass - ${freePasses}, 0), ${restSecondsMax}))`;

/** Whether that long has passed at `now`. A time that hasn't been yet is a clock's that was wrong once: nobody waits for it. */
const isRested = (state: string, now: string): string =>
  `(${state}.updated_at <= ${now}::timestamptz - ${restSeconds(state)} OR ${state}.updated_at > ${now}::timestamptz + interval '2 minutes')`;

/** More was submitted than the signer has read, or a row appeared before the reading position. */
const unread = `(coalesce((SELECT rows_read FROM signer.approval_reading WHERE request_id = request.id), 0)
   <> (SELECT count(*) FROM portal.approval_submission WHERE request_id = request.id))`;

/** All checks are due: a new or interrupted request, a retry, a new decision or a new policy. */
const passDue = `(state.request_id IS NULL
   OR (state.status IN ('received', 'checking', 'signing') AND (state.retry_at IS NULL OR state.retry_at <= $1))
   OR (state.status = 'waiting-for-approval' AND NOT ${unread}
       AND ${isRested('state', '$1')}
       AND (state.policy_commit IS DISTINCT FROM (SELECT commit FROM signer.accepted_snapshot ORDER BY seq DESC LIMIT 1)
            OR state.decisions_counted <> (SELECT count(*) FROM signer.approval_decision WHERE request_id = request.id))))`;

/** Whether all checks of a request are due now, and not just reading its submissions. */
export async function isPassDue(database: Database, now: Date, id: RequestId): Promise<boolean> {
  const rows = await database.query(
    `SELECT request.id FROM portal.signing_request AS request
       LEFT JOIN signer.request_state AS state ON state.request_id = request.id
      WHERE request.id = $2 AND ${passDue}`,
    [now, id],
  );
  return rows.length > 0;
}
