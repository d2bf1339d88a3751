/** Requests that one run submitted, as far as a job that waits depends on them. */
import { z } from 'zod';
import { parseRequestId } from '#core/ids/index.ts';
import { isRefused } from '../certificates/standing/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { requestStatusSchema } from '../requests/index.ts';
import { releaseStandings } from '../signatures/index.ts';
import type { JobRequest } from './judge.ts';

/** Of one run; it submits few. */
const requestsMax = 200;
/** A run lives for 35 days, waiting included. */
export const runDays = 35;

const rowSchema = z.object({
  id: z.string().transform(parseRequestId),
  policy: z.string(),
  artifact_name: z.string(),
  status: requestStatusSchema.nullable(),
  summary: z.string().nullable(),
  changed_at: z.date(),
  release_name: z.string().nullable(),
  release_sha256: z.string().nullable(),
});

interface RequestsOfRun {
  readonly requests: readonly JobRequest[];
  /** When the newest of them changed last; null: there is none. */
  readonly changedAt: Date | null;
}

export async function requestsOfRun(
  ctx: Pick<Portal, 'config' | 'db' | 'now' | 'policies'>,
  job: {
    readonly projectSlug: string;
    readonly repositoryId: string;
    readonly runId: string;
    readonly askedAt: Date;
  },
): Promise<RequestsOfRun> {
  const since = new Date(job.askedAt.getTime() - runDays * 86_400_000);
  const found = await ctx.db.$queryRaw<unknown[]>`
    SELECT request.id::text, request.policy_slug AS policy, request.artifact_name, state.status, state.summary,
           coalesce(state.updated_at, request.submitted_at) AS changed_at,
           release.artifact_name AS release_name, release.artifact_sha256 AS release_sha256
      FROM portal.signing_request AS request
      LEFT JOIN signer.request_state AS state ON state.request_id = request.id
      LEFT JOIN signer.release AS release ON release.request_id = request.id
     WHERE request.project_slug = ${job.projectSlug} AND request.submitted_at >= ${since}
       AND starts_with(request.submitted_by, ${submittersOf(job)})
     ORDER BY request.submitted_at DESC, request.id LIMIT ${requestsMax}`;
  const rows = found.map((row) => rowSchema.parse(row));
  const released = rows.filter((row) => row.release_name !== null).map(({ id }) => id);
  const standings = await releaseStandings(ctx, released);
  const times = rows.map((row) => row.changed_at.getTime());
  return {
    changedAt: times.length === 0 ? null : new Date(Math.max(...times)),
    requests: rows.map((row) => {
      const standing = standings.get(row.id);
      return {
        id: row.id,
        policy: row.policy,
        artifactName: row.artifact_name,
        status: row.status ?? 'received',
        summary: row.summary,
        release:
          row.release_name === null || row.release_sha256 === null
            ? null
            : {
                name: row.release_name,
                sha256: row.release_sha256,
                isRevoked: standing !== undefined && isRefused(standing.state),
              },
      };
    }),
  };
}

/** As lib/core/wire/submitter writes the submitter of such requests, up to the attempt. */
const submittersOf = (job: { readonly repositoryId: string; readonly runId: string }): string =>
  `build:github/${job.repositoryId}/${job.runId}/`;
