/** The signer's own records of a period, as rows. */
import { z } from 'zod';
import { isExportedKind, type AuditPeriod, type AuditRow } from '#core/audit/index.ts';
import type { JournalEntry } from '#core/wire/journal/index.ts';
import type { Database } from '../../ground/database/index.ts';

type Source = Pick<Database, 'query'>;
const pageRows = 500;
const seqSchema = z.union([z.string(), z.bigint()]).transform(String);

export const journalRow = (entry: JournalEntry): AuditRow => ({
  seq: entry.seq.toString(),
  at: entry.at.toISOString(),
  requestId: entry.requestId,
  kind: entry.kind,
  // Kinds that weren't reviewed for export are left out.
  body: isExportedKind(entry.kind) ? entry.body : null,
  previousHash: entry.previousHash,
  entryHash: entry.entryHash,
});

const approvalSchema = z.object({
  request_id: z.string(),
  seen_at: z.date(),
  decision: z.string(),
  key_fingerprint: z.string(),
  statement_sha256: z.string(),
  expires_at: z.date(),
  statement: z.string(),
  signature: z.string(),
});

/** What approvers signed, as verified by the signer: with statement and signature, so that others can verify it too. */
export async function* readApprovals(database: Source, { from, to }: AuditPeriod): AsyncGenerator<AuditRow> {
  let after: readonly (string | Date)[] = [from, '', '', ''];
  for (;;) {
    const rows = await database.query(
      `SELECT request_id::text, seen_at, decision, key_fingerprint, statement_sha256, expires_at, statement, signature
         FROM signer.approval_decision
        WHERE seen_at >= $1 AND seen_at < $5
          AND (seen_at, request_id::text COLLATE "C", key_fingerprint COLLATE "C", statement_sha256 COLLATE "C") > ($1, $2, $3, $4)
        ORDER BY seen_at, request_id::text COLLATE "C", key_fingerprint COLLATE "C", statement_sha256 COLLATE "C" LIMIT ${pageRows}`,
      [...after, to],
    );
    for (const value of rows) {
      const row = approvalSchema.parse(value);
      after = [row.seen_at, row.request_id, row.key_fingerprint, row.statement_sha256];
      yield {
        requestId: row.request_id,
        seenAt: row.seen_at.toISOString(),
        decision: row.decision,
        keyFingerprint: row.key_fingerprint,
        statementSha256: row.statement_sha256,
        expiresAt: row.expires_at.toISOString(),
        statement: row.statement,
        signature: row.signature,
      };
    }
    if (rows.length < pageRows) return;
  }
}

const snapshotSchema = z.object({
  seq: seqSchema,
  accepted_at: z.date(),
  commit: z.string(),
  parent: z.string().nullable(),
  signers: z.array(z.string()),
});

/** Commits of the policy that the signer accepted, and whose signatures it counted. */
export async function* readPolicyHistory(
  database: Source,
  { from, to }: AuditPeriod,
): AsyncGenerator<AuditRow> {
  let after = '0';
  for (;;) {
    const rows = await database.query(
      `SELECT seq, accepted_at, commit, parent, signers FROM signer.accepted_snapshot
        WHERE accepted_at >= $1 AND accepted_at < $2 AND seq > $3 ORDER BY seq LIMIT ${pageRows}`,
      [from, to, after],
    );
    for (const value of rows) {
      const { seq, accepted_at: at, commit, parent, signers } = snapshotSchema.parse(value);
      after = seq;
      yield { seq, acceptedAt: at.toISOString(), commit, parent, signers };
    }
    if (rows.length < pageRows) return;
  }
}
