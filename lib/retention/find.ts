/** Ended requests that a rule is about, in the order in which they ended; and those that are due again. */
import { z } from 'zod';
import { parseRequestId, parseSha256Hex, type RequestId, type Sha256Hex } from '#core/ids/index.ts';
import type { Database } from '../platform/db/index.ts';
import { cutoffOf, type Rule } from './rules.ts';

export interface Place {
  readonly endedAt: Date;
  readonly requestId: string;
}

export const beginning: Place = {
  endedAt: new Date(0),
  requestId: '00000000-0000-0000-0000-000000000000',
};

export interface Candidate {
  readonly id: RequestId;
  readonly project: string;
  readonly endedAt: Date;
  readonly artifact: { readonly name: string; readonly sha256: Sha256Hex; readonly sizeBytes: number };
  /** null: none was sent. */
  readonly bundleSha256: Sha256Hex | null;
}

const rowSchema = z
  .object({
    id: z.string(),
    project: z.string(),
    ended_at: z.date(),
    name: z.string(),
    artifact: z.string(),
    size: z.coerce.number(),
    bundle: z.string().nullable(),
  })
  .transform((row): Candidate => ({
    id: parseRequestId(row.id),
    project: row.project,
    endedAt: row.ended_at,
    artifact: { name: row.name, sha256: parseSha256Hex(row.artifact), sizeBytes: row.size },
    bundleSha256: row.bundle === null ? null : parseSha256Hex(row.bundle),
  }));

/** The next `count` after a place, by the index of states: what was looked at before costs nothing. */
export async function findCandidates(
  db: Database,
  rule: Rule,
  { after, count, now }: { readonly after: Place; readonly count: number; readonly now: Date },
): Promise<readonly Candidate[]> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT state.request_id::text AS id, request.project_slug AS project, state.updated_at AS ended_at,
           request.artifact_name AS name, request.artifact_sha256 AS artifact, request.artifact_size_bytes AS size,
           request.bundle_sha256 AS bundle
      FROM signer.request_state AS state JOIN portal.signing_request AS request ON request.id = state.request_id
     WHERE state.status = ${rule.name} AND state.updated_at >= ${after.endedAt}
       AND (state.updated_at, state.request_id) > (${after.endedAt}, ${after.requestId}::uuid)
       AND state.updated_at < ${cutoffOf(rule, now)}
     ORDER BY state.updated_at, state.request_id
     LIMIT ${count}`;
  return rows.map((row) => rowSchema.parse(row));
}

/** Those that something needed, and that are to be looked at again. */
export async function findHeld(
  db: Database,
  rule: Rule,
  { count, now }: { readonly count: number; readonly now: Date },
): Promise<readonly Candidate[]> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT held.request_id::text AS id, request.project_slug AS project, state.updated_at AS ended_at,
           request.artifact_name AS name, request.artifact_sha256 AS artifact, request.artifact_size_bytes AS size,
           request.bundle_sha256 AS bundle
      FROM portal.retention_held AS held
      JOIN portal.signing_request AS request ON request.id = held.request_id
      JOIN signer.request_state AS state ON state.request_id = held.request_id
     WHERE held.rule = ${rule.name} AND held.look_at <= ${now} AND state.status = ${rule.name}
       AND state.updated_at < ${cutoffOf(rule, now)}
     ORDER BY held.look_at, held.request_id
     LIMIT ${count}`;
  return rows.map((row) => rowSchema.parse(row));
}

export const filesOf = ({
  artifact,
  bundleSha256,
}: Candidate): readonly { readonly file: 'artifact' | 'bundle'; readonly sha256: Sha256Hex }[] => [
  { file: 'artifact', sha256: artifact.sha256 },
  ...(bundleSha256 === null ? [] : [{ file: 'bundle' as const, sha256: bundleSha256 }]),
];
