/** Where a request stands: a projection of the journal, always written in the journal's transaction. */
import { z } from 'zod';
import type { CommitSha, RequestId, Sha256Hex } from '#core/ids/index.ts';
import { requestStatuses, type RequestStatus, type RequestStep } from '#core/wire/request/index.ts';
import type { Database, Transaction } from '../../ground/database/index.ts';

export interface RequestState {
  readonly status: RequestStatus;
  readonly step: RequestStep;
  /** Which walk through the steps this is, from 1. */
  readonly pass: number;
  readonly policyCommit: CommitSha | null;
  /** Of what decides in that policy; null: unknown, so that every other policy is a reason for another pass. */
  readonly policyDigest?: Sha256Hex | null;
  readonly sourceCommit: string | null;
  readonly summary: string;
  readonly retryAt: Date | null;
  /** Consecutive passes that ended because something was unavailable. */
  readonly retries: number;
  /** Decisions on record when last counted in this pass; −1: not all submissions were read yet. */
  readonly decisionsCounted: number;
}

const stateRow = z.object({
  status: z.enum(requestStatuses),
  pass: z.number().int(),
  retries: z.number().int(),
});

export async function readState(
  database: Database,
  id: RequestId,
): Promise<Pick<RequestState, 'status' | 'pass' | 'retries'> | null> {
  const rows = await database.query(
    'SELECT status, pass, retries FROM signer.request_state WHERE request_id = $1',
    [id],
  );
  return rows[0] === undefined ? null : stateRow.parse(rows[0]);
}

/** As signer.save_request_state takes it. */
export const stateColumns = (state: RequestState, at: Date): string =>
  JSON.stringify({
    status: state.status,
    step: state.step,
    pass: state.pass,
    policy_commit: state.policyCommit,
    policy_digest: state.policyDigest ?? null,
    source_commit: state.sourceCommit,
    // PostgreSQL stores no NUL in a text, and the sentence may quote hostile input.
    summary: state.summary.toWellFormed().replaceAll('\0', '\uFFFD'),
    retry_at: state.retryAt,
    retries: state.retries,
    decisions_counted: state.decisionsCounted,
    updated_at: at,
  });

/** What was kept in case of an interruption goes with the end of a request. */
export async function saveState(
  transaction: Pick<Transaction, 'query'>,
  id: RequestId,
  state: RequestState,
  at: Date,
): Promise<void> {
  await transaction.query('SELECT signer.save_request_state($1, $2)', [id, stateColumns(state, at)]);
}

export interface SignatureRecord {
  readonly id: string;
  readonly requestId: RequestId;
  readonly path: string;
  readonly unsignedSha256: Sha256Hex;
  readonly signedSha256: Sha256Hex;
  /** Of the file beside the signed one that holds the signature, whose digest the other is then; null: it is in the file. */
  readonly signaturePath: string | null;
  readonly certificateSerial: string;
  readonly certificateSha256: Sha256Hex;
  readonly timestampedAt: Date | null;
  readonly timestampUrl: string | null;
  readonly signedAt: Date;
}

/** Columns with their types, and what each takes of a record. */
const signatureColumns: readonly (readonly [
  string,
  string,
  (one: SignatureRecord) => string | Date | null,
])[] = [
  ['id', 'uuid', (one) => one.id],
  ['request_id', 'uuid', (one) => one.requestId],
  ['path', 'text', (one) => one.path],
  ['unsigned_sha256', 'text', (one) => one.unsignedSha256],
  ['signed_sha256', 'text', (one) => one.signedSha256],
  ['certificate_serial', 'text', (one) => one.certificateSerial],
  ['certificate_sha256', 'text', (one) => one.certificateSha256],
  ['timestamped_at', 'timestamptz', (one) => one.timestampedAt],
  ['timestamp_url', 'text', (one) => one.timestampUrl],
  ['signed_at', 'timestamptz', (one) => one.signedAt],
  ['signature_path', 'text', (one) => one.signaturePath],
];

export async function saveSignatures(
  transaction: Transaction,
  signatures: readonly SignatureRecord[],
): Promise<void> {
  const names = signatureColumns.map(([name]) => name).join(', ');
  const arrays = signatureColumns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ');
  await transaction.query(
    `INSERT INTO signer.signature (${names}) SELECT * FROM unnest(${arrays})`,
    signatureColumns.map(([, , value]) => signatures.map(value)),
  );
}

export interface ReleaseRecord {
  readonly requestId: RequestId;
  readonly artifactSha256: Sha256Hex;
  readonly artifactSizeBytes: number;
  readonly artifactName: string;
  readonly releasedAt: Date;
}

export async function saveRelease(transaction: Transaction, releaseRecord: ReleaseRecord): Promise<void> {
  await transaction.query(
    `INSERT INTO signer.release (request_id, artifact_sha256, artifact_size_bytes, artifact_name, released_at)
     VALUES ($1, $2, $3, $4, $5)`,
    [
      releaseRecord.requestId,
      releaseRecord.artifactSha256,
      releaseRecord.artifactSizeBytes,
      releaseRecord.artifactName,
      releaseRecord.releasedAt,
    ],
  );
}
