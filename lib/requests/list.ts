import { z } from 'zod';
import { parseRequestId } from '#core/ids/index.ts';
import type { ProjectSlug, RequestId } from '#core/ids/index.ts';
import { standingOfRelease } from '../certificates/standing/index.ts';
import type { ReleaseStanding } from '../certificates/standing/index.ts';
import { sql } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { releaseStandings } from '../signatures/index.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import { withOutcomes, type RequestOutcome } from './outcome.ts';
import { requestStatusSchema } from './status.ts';
import type { RequestStatus } from './status.ts';

export interface RequestListItem {
  readonly id: RequestId;
  readonly project: string;
  readonly policy: string;
  readonly artifactName: string;
  readonly artifactSha256: string;
  readonly artifactSizeBytes: number;
  readonly status: RequestStatus;
  /** How it ended; null: it hasn't. */
  readonly outcome: RequestOutcome | null;
  readonly summary: string | null;
  readonly submittedAt: Date;
  readonly updatedAt: Date;
  /** How what was released stands now; null: nothing was. */
  readonly standing: ReleaseStanding | null;
}

const rowSchema = z
  .object({
    id: z.string(),
    project_slug: z.string(),
    policy_slug: z.string(),
    artifact_name: z.string(),
    artifact_sha256: z.string(),
    artifact_size_bytes: z.bigint().transform(Number),
    submitted_at: z.date(),
    status: requestStatusSchema,
    summary: z.string().nullable(),
    updated_at: z.date(),
  })
  .transform((row): Omit<RequestListItem, 'standing' | 'outcome'> => ({
    id: parseRequestId(row.id),
    project: row.project_slug,
    policy: row.policy_slug,
    artifactName: row.artifact_name,
    artifactSha256: row.artifact_sha256,
    artifactSizeBytes: row.artifact_size_bytes,
    status: row.status,
    summary: row.summary,
    submittedAt: row.submitted_at,
    updatedAt: row.updated_at,
  }));

export interface RequestPage {
  readonly items: readonly RequestListItem[];
  /** Cursor of the next page, or null on the last one. */
  readonly next: string | null;
}

/** Newest first, by keyset: a page costs the same however far down it is. Public. */
export async function listRequests(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>;
  readonly input: {
    readonly project?: ProjectSlug;
    readonly status?: RequestStatus;
    readonly artifactSha256?: string;
    /** Submitted then or later. */
    readonly since?: Date;
    readonly cursor?: string;
    readonly limit?: number;
  };
}): Promise<RequestPage> {
  const { ctx, input } = call;
  const limit = Math.min(Math.max(input.limit ?? 25, 1), 100);
  const after = input.cursor === undefined ? null : parseCursor(input.cursor);
  const project = input.project ?? null;
  const artifact = input.artifactSha256 ?? null;
  const since = input.since ?? null;
  const afterAt = after?.submittedAt ?? null;
  const afterId = after?.id ?? null;
  // The two schemas belong to two writers and share no foreign key, so the client can't join them.
  const rows = await ctx.db.$queryRaw<unknown[]>`
    SELECT request.id::text, request.project_slug, request.policy_slug, request.artifact_name,
           request.artifact_sha256, request.artifact_size_bytes, request.submitted_at,
           coalesce(state.status, 'received') AS status, state.summary,
           coalesce(state.updated_at, request.submitted_at) AS updated_at
      FROM portal.signing_request AS request
      LEFT JOIN signer.request_state AS state ON state.request_id = request.id
     WHERE (${project}::text IS NULL OR request.project_slug = ${project})
       AND (${artifact}::text IS NULL OR request.artifact_sha256 = ${artifact})
       AND (${since}::timestamptz IS NULL OR request.submitted_at >= ${since}::timestamptz)
       AND ${inStatus(input.status)}
       AND (${afterAt}::timestamptz IS NULL
            OR (request.submitted_at, request.id) < (${afterAt}::timestamptz, ${afterId}::uuid))
     ORDER BY request.submitted_at DESC, request.id DESC
     LIMIT ${limit + 1}`;
  const items = rows.map((row) => rowSchema.parse(row));
  const page = await withEnds(ctx, items.slice(0, limit));
  const last = page.at(-1);
  return { items: page, next: items.length > limit && last !== undefined ? formatCursor(last) : null };
}

/** A plain comparison where possible: the planner has statistics for a column, but none for an expression. */
function inStatus(status: RequestStatus | undefined) {
  if (status === undefined) return sql`TRUE`;
  if (status !== 'received') return sql`state.status = ${status}`;
  // Most that is received has no state yet: it has arrived, or was opened. Asked of all, this would go through all that ever came.
  return sql`coalesce(state.status, 'received') = 'received' AND request.id = ANY(ARRAY(
    SELECT request_id FROM portal.arrival UNION SELECT request_id FROM signer.open_request
    UNION SELECT request_id FROM signer.request_state WHERE status = 'received'))`;
}

/** Some requests by their ids, in no order. Public. */
export async function listRequestsById(
  ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>,
  ids: readonly RequestId[],
): Promise<readonly RequestListItem[]> {
  if (ids.length === 0) return [];
  const rows = await ctx.db.$queryRaw<unknown[]>`
    SELECT request.id::text, request.project_slug, request.policy_slug, request.artifact_name,
           request.artifact_sha256, request.artifact_size_bytes, request.submitted_at,
           coalesce(state.status, 'received') AS status, state.summary,
           coalesce(state.updated_at, request.submitted_at) AS updated_at
      FROM portal.signing_request AS request
      LEFT JOIN signer.request_state AS state ON state.request_id = request.id
     WHERE request.id = ANY(${[...ids]}::uuid[])`;
  return withEnds(
    ctx,
    rows.map((row) => rowSchema.parse(row)),
  );
}

async function withEnds(
  ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>,
  items: readonly Omit<RequestListItem, 'standing' | 'outcome'>[],
): Promise<readonly RequestListItem[]> {
  const released = items.filter((item) => item.status === 'completed').map((item) => item.id);
  const [standings, ended] = await Promise.all([
    releaseStandings(ctx, released),
    withOutcomes(ctx.db, items),
  ]);
  return ended.map((item) => ({
    ...item,
    standing: item.status === 'completed' ? (standings.get(item.id) ?? standingOfRelease([])) : null,
  }));
}
