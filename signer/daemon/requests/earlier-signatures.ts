/** Files that this signer signed and released before, by their digests. */
import { z } from 'zod';
import { readBody, readWholeStep, type JournalEntry } from '#core/wire/journal/index.ts';
import { parseRequestId, parseSha256Hex, type RequestId, type Sha256Hex } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';

export interface EarlierSignature {
  readonly sha256: Sha256Hex;
  readonly requestId: RequestId;
  /** As the signer recorded it, and then held its policy to it; null: it isn't on record. */
  readonly project: string | null;
  /** SHA-256 of the certificate. */
  readonly certificateSha256: Sha256Hex;
  readonly signedAt: Date;
  readonly sourceCommit: string | null;
  /** Claims of the build's certificate; empty: it needed none, or they aren't on record. */
  readonly claims: Readonly<Record<string, string>>;
}

const row = z.object({
  signed_sha256: z.string().transform((text) => parseSha256Hex(text)),
  request_id: z.string().transform((text) => parseRequestId(text)),
  certificate_sha256: z.string().transform((text) => parseSha256Hex(text)),
  signed_at: z.date(),
  source_commit: z.string().nullable(),
});
const entry = z
  .object({ seq: z.coerce.bigint(), request_id: z.string(), kind: z.string(), body: z.string() })
  .transform(({ request_id: requestId, ...one }): Told => ({ ...one, requestId }));
type Told = Pick<JournalEntry, 'seq' | 'kind' | 'body'> & { readonly requestId: string };

/** Signatures beside files aren't among them: the digest on record is then that of the signature. */
export async function findEarlierSignatures(
  database: Pick<Database, 'query'>,
  digests: readonly Sha256Hex[],
): Promise<readonly EarlierSignature[]> {
  if (digests.length === 0) return [];
  const found = await database.query(
    `SELECT made.signed_sha256, made.request_id, made.certificate_sha256, made.signed_at, state.source_commit
       FROM signer.signature AS made
       JOIN signer.release AS release ON release.request_id = made.request_id
       LEFT JOIN signer.request_state AS state ON state.request_id = made.request_id
      WHERE made.signed_sha256 = ANY($1) AND made.signature_path IS NULL
      ORDER BY made.signed_at DESC LIMIT 10000`,
    [digests],
  );
  const rows = found.map((one) => row.parse(one));
  const records = await recordsOf(database, [...new Set(rows.map((one) => one.request_id))]);
  return rows.map((one) => ({
    sha256: one.signed_sha256,
    requestId: one.request_id,
    certificateSha256: one.certificate_sha256,
    signedAt: one.signed_at,
    sourceCommit: one.source_commit,
    project: records.get(one.request_id)?.project ?? null,
    claims: records.get(one.request_id)?.claims ?? {},
  }));
}

interface RecordOfRequest {
  project: string | null;
  claims: Readonly<Record<string, string>>;
}

/** From the journal: project and build of each request. Entries of unknown versions tell nothing. */
async function recordsOf(
  database: Pick<Database, 'query'>,
  requests: readonly RequestId[],
): Promise<ReadonlyMap<string, RecordOfRequest>> {
  const records = new Map<string, RecordOfRequest>();
  if (requests.length === 0) return records;
  const entries = await database.query(
    `SELECT seq, request_id, kind, body FROM signer.journal
      WHERE request_id = ANY($1) AND (kind = 'request.received'
         OR (kind = 'step.finished' AND body LIKE '%"step":"origin"%'))
      ORDER BY seq`,
    [requests],
  );
  const ends = new Map<bigint, Told>();
  for (const one of entries.map((written) => entry.parse(written))) {
    const record = records.get(one.requestId) ?? { project: null, claims: {} };
    records.set(one.requestId, record);
    if (one.kind === 'request.received') {
      const read = readBody('request.received', one.body);
      if (read.readable) record.project ??= read.body.project;
      continue;
    }
    const read = readWholeStep(one, (seq) => ends.get(seq) ?? null);
    ends.set(one.seq, one);
    if (read.readable && read.body.step === 'origin' && read.body.outcome === 'pass')
      record.claims = read.body.claims ?? {};
  }
  return records;
}
