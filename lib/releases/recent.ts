import { z } from 'zod';
import { parseRequestId } from '#core/ids/index.ts';
import type { ProjectSlug, RequestId } from '#core/ids/index.ts';
import { standingOfRelease } from '../certificates/standing/index.ts';
import type { ReleaseStanding } from '../certificates/standing/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { releaseStandings } from '../signatures/index.ts';

export interface ReleaseItem {
  readonly requestId: RequestId;
  readonly project: string;
  readonly policy: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly releasedAt: Date;
  readonly signedFiles: number;
  readonly standing: ReleaseStanding;
}

const rowSchema = z
  .object({
    request_id: z.string().transform((value) => parseRequestId(value)),
    project_slug: z.string(),
    policy_slug: z.string(),
    artifact_name: z.string(),
    artifact_sha256: z.string(),
    artifact_size_bytes: z.bigint(),
    released_at: z.date(),
    signed_files: z.bigint(),
  })
  .transform((row) => ({
    requestId: row.request_id,
    project: row.project_slug,
    policy: row.policy_slug,
    name: row.artifact_name,
    sha256: row.artifact_sha256,
    sizeBytes: Number(row.artifact_size_bytes),
    releasedAt: row.released_at,
    signedFiles: Number(row.signed_files),
  }));

/** The newest releases, of one project or of all. Public. */
export async function recentReleases(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>;
  readonly input: { readonly project?: ProjectSlug; readonly limit: number };
}): Promise<readonly ReleaseItem[]> {
  const project = call.input.project ?? null;
  const rows = await call.ctx.db.$queryRaw<unknown[]>`
    SELECT release.request_id::text, request.project_slug, request.policy_slug, release.artifact_name,
           release.artifact_sha256, release.artifact_size_bytes, release.released_at,
           (SELECT count(*) FROM signer.signature AS signature
             WHERE signature.request_id = release.request_id) AS signed_files
      FROM signer.release AS release
      JOIN portal.signing_request AS request ON request.id = release.request_id
     WHERE (${project}::text IS NULL OR request.project_slug = ${project})
     ORDER BY release.released_at DESC, release.request_id
     LIMIT ${Math.min(call.input.limit, 100)}`;
  const items = rows.map((row) => rowSchema.parse(row));
  const standings = await releaseStandings(
    call.ctx,
    items.map((item) => item.requestId),
  );
  return items.map((item) => ({ ...item, standing: standings.get(item.requestId) ?? standingOfRelease([]) }));
}
