import { z } from 'zod';
import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';

/** A release whose report may be held against another's. */
export interface ComparableRequest {
  readonly id: RequestId;
  readonly artifactName: string;
  readonly releasedAt: Date;
}

const rowSchema = z.object({ request_id: z.string(), artifact_name: z.string(), released_at: z.date() });
const listedMax = 10;

/** Releases of the same project and artifact configuration before this request, newest first. Public. */
export async function listComparable(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: { readonly id: RequestId; readonly limit?: number };
}): Promise<readonly ComparableRequest[]> {
  const { id, limit = listedMax } = call.input;
  const rows = await call.ctx.db.$queryRaw<unknown[]>`
    SELECT report.request_id::text, release.artifact_name, release.released_at
      FROM signer.inspection_report AS own
      JOIN signer.inspection_report AS report
        ON report.project = own.project AND report.configuration = own.configuration
       AND report.request_id <> own.request_id AND report.entries_removed_at IS NULL
      JOIN signer.release AS release ON release.request_id = report.request_id
      LEFT JOIN signer.release AS mine ON mine.request_id = own.request_id
     WHERE own.request_id = ${id}::uuid AND (mine.released_at IS NULL OR release.released_at < mine.released_at)
     ORDER BY release.released_at DESC, report.request_id LIMIT ${limit}::int`;
  return rows.map((row) => {
    const {
      request_id: requestId,
      artifact_name: artifactName,
      released_at: releasedAt,
    } = rowSchema.parse(row);
    return { id: parseRequestId(requestId), artifactName, releasedAt };
  });
}
