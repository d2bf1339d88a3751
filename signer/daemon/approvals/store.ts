/** The portal's table of submissions, and the signer's own of verified decisions. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ApprovalSubmission, SignedDecision } from '#core/approval/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';

/** The reading position: after the submission with this seq, the `rowsRead`th one. */
export interface Place {
  readonly keysSha256: string;
  readonly position: bigint;
  readonly rowsRead: number;
}

/** A submission as in the portal's table; null: larger than any decision. */
export interface SubmissionRow {
  readonly seq: bigint;
  readonly submission: ApprovalSubmission | null;
}

const bigint = z.string().transform((value) => BigInt(value));

const decisionRow = z.object({ statement: z.string(), signature: z.string() });
/** Per key; whoever signs again, because the policy changed or an approval expired, signs for longer. */
const approvalsReadMax = 8;

export interface RecordedDecisions {
  /** Every denial, and of each key the approvals that run longest; they are verified again before they count. */
  readonly submissions: readonly ApprovalSubmission[];
  /** How many are on record. */
  readonly count: number;
}

/** What is there of a request's submissions, all as of one moment. */
export interface Standing {
  /** null: reading hasn't begun. */
  readonly place: Place | null;
  /** Submissions in the portal's table. */
  readonly total: number;
  /** Of these, how many come after the place. */
  readonly ahead: number;
  readonly recorded: RecordedDecisions;
}

const standingRow = z
  .object({
    keys_sha256: z.string().nullable(),
    position: bigint,
    rows_read: z.number().int(),
    total: z.number().int(),
    ahead: z.number().int(),
    count: z.number().int(),
    submissions: z.array(decisionRow),
  })
  .transform((row): Standing => ({
    place:
      row.keys_sha256 === null
        ? null
        : { keysSha256: row.keys_sha256, position: row.position, rowsRead: row.rows_read },
    total: row.total,
    ahead: row.ahead,
    recorded: { submissions: row.submissions, count: row.count },
  }));

export async function readStanding(database: Database, id: RequestId): Promise<Standing> {
  const [row] = await database.query(
    `SELECT reading.keys_sha256, coalesce(reading.position, 0)::text AS position,
            coalesce(reading.rows_read, 0) AS rows_read, portal.total, portal.ahead, own.count, own.submissions
       FROM (SELECT $1::uuid AS id) AS asked
       LEFT JOIN signer.approval_reading AS reading ON reading.request_id = asked.id
      CROSS JOIN LATERAL (
            SELECT count(*)::int AS total, (count(*) FILTER (WHERE one.seq > coalesce(reading.position, 0)))::int AS ahead
              FROM portal.approval_submission AS one WHERE one.request_id = asked.id) AS portal
      CROSS JOIN LATERAL (
            SELECT coalesce(max(count), 0) AS count,
                   coalesce(jsonb_agg(jsonb_build_object('statement', statement, 'signature', signature)
                                      ORDER BY seen_at, key_fingerprint, statement_sha256), '[]') AS submissions
              FROM (SELECT *, count(*) OVER ()::int AS count,
                           row_number() OVER (PARTITION BY key_fingerprint, decision ORDER BY expires_at DESC, seen_at) AS place
                      FROM signer.approval_decision WHERE request_id = asked.id) AS one
             WHERE place <= ${approvalsReadMax}) AS own`,
    [id],
  );
  return standingRow.parse(row);
}

const statementBytesMax = 8_192;
const signatureBytesMax = 16_384;

const submissionRow = z
  .object({ place: bigint, statement: z.string().nullable(), signature: z.string().nullable() })
  .transform(({ place, statement, signature }): SubmissionRow => ({
    seq: place,
    submission: statement === null || signature === null ? null : { statement, signature },
  }));

/** The next submissions in the order in which the database received them. */
export async function nextSubmissions(
  database: Database,
  id: RequestId,
  after: bigint,
  limit: number,
): Promise<readonly SubmissionRow[]> {
  const rows = await database.query(
    // Whoever writes the row can make a column a gigabyte long: overlong values aren't even decompressed.
    `SELECT one.seq::text AS place,
            CASE WHEN octet_length(statement) <= ${statementBytesMax} THEN statement END AS statement,
            CASE WHEN octet_length(signature) <= ${signatureBytesMax} THEN signature END AS signature
       FROM portal.approval_submission AS one
      WHERE request_id = $1 AND one.seq > $2 ORDER BY one.seq LIMIT $3`,
    [id, after, limit],
  );
  return rows.map((row) => submissionRow.parse(row));
}

/** Far more than anybody signs about one request; an approver beyond it only loses later ones of their own. */
const approvalsKeptMax = 64;

/** Stores a page's decisions and the position after it, both or neither. */
export async function savePage(
  database: Database,
  id: RequestId,
  place: Place,
  decisions: readonly (ApprovalSubmission & { readonly signed: SignedDecision })[],
  now: Date,
): Promise<void> {
  await database.transaction(async (transaction) => {
    for (const { statement, signature, signed } of decisions) {
      const { decision, expiresAt } = signed;
      const sha256 = createHash('sha256').update(statement).digest('hex');
      await transaction.query(
        `INSERT INTO signer.approval_decision
           (request_id, key_fingerprint, statement_sha256, decision, statement, signature, expires_at, seen_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8
          WHERE $4 = 'deny' OR (SELECT count(*) FROM signer.approval_decision
                                 WHERE request_id = $1 AND key_fingerprint = $2) < ${approvalsKeptMax}
         ON CONFLICT DO NOTHING`,
        [id, signed.fingerprint, sha256, decision, statement, signature, expiresAt, now],
      );
    }
    await transaction.query(
      `INSERT INTO signer.approval_reading (request_id, keys_sha256, position, rows_read) VALUES ($1, $2, $3, $4)
       ON CONFLICT (request_id) DO UPDATE SET keys_sha256 = $2, position = $3, rows_read = $4`,
      [id, place.keysSha256, place.position, place.rowsRead],
    );
  });
}
