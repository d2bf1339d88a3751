/** The effect of a revocation on signed files: which it makes bad, and which a timestamp saves. */
import { z } from 'zod';
import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { sql } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { notSaved } from '../signatures/index.ts';

export interface SignedFile {
  readonly requestId: RequestId;
  /** Path inside the released artifact. */
  readonly path: string;
  readonly artifact: string;
  readonly signedSha256: string;
  readonly signedAt: Date;
  /** null: it has no timestamp, so that nobody can tell when it was signed. */
  readonly timestampedAt: Date | null;
  readonly good: boolean;
}

export interface BlastRadius {
  /** Files whose signatures are bad from then on: signed after it, or without a timestamp that proves the contrary. */
  readonly bad: number;
  readonly good: number;
  readonly badReleases: number;
  /** Of both, the newest first; at most `filesMax`. */
  readonly files: readonly SignedFile[];
}

export const filesMax = 500;

const rowSchema = z.object({
  request_id: z.string().transform((value) => parseRequestId(value)),
  path: z.string(),
  artifact_name: z.string().nullable(),
  signed_sha256: z.string(),
  signed_at: z.date(),
  timestamped_at: z.date().nullable(),
  saved: z.boolean(),
});
const countsSchema = z.tuple([z.object({ bad: z.bigint(), good: z.bigint(), bad_releases: z.bigint() })]);

/** Certificates (serial numbers) revoked from `effectiveAt` on → what becomes of their signatures. Public. */
export async function blastRadius(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: { readonly serials: readonly string[]; readonly effectiveAt: Date };
}): Promise<BlastRadius> {
  const { db } = call.ctx;
  const { effectiveAt } = call.input;
  const serials = call.input.serials.map((serial) => serial.toUpperCase());
  const [counts] = countsSchema.parse(
    await db.$queryRaw<unknown[]>`
      SELECT count(*) FILTER (WHERE NOT saved) AS bad,
             count(*) FILTER (WHERE saved) AS good,
             count(DISTINCT request_id) FILTER (WHERE NOT saved) AS bad_releases
        FROM (SELECT signature.request_id, NOT ${notSaved(sql`${effectiveAt}::timestamptz`)} AS saved
                FROM signer.signature AS signature
               WHERE signature.certificate_serial = ANY(${serials})) AS signature`,
  );
  const rows = await db.$queryRaw<unknown[]>`
    SELECT signature.request_id::text, signature.path, release.artifact_name, signature.signed_sha256,
           signature.signed_at, signature.timestamped_at, NOT ${notSaved(sql`${effectiveAt}::timestamptz`)} AS saved
      FROM signer.signature AS signature
      LEFT JOIN signer.release AS release ON release.request_id = signature.request_id
     WHERE signature.certificate_serial = ANY(${serials})
     ORDER BY signature.signed_at DESC, signature.id
     LIMIT ${filesMax}`;
  return {
    bad: Number(counts.bad),
    good: Number(counts.good),
    badReleases: Number(counts.bad_releases),
    files: rows.map((row) => {
      const one = rowSchema.parse(row);
      return {
        requestId: one.request_id,
        path: one.path,
        artifact: one.artifact_name ?? 'never released',
        signedSha256: one.signed_sha256,
        signedAt: one.signed_at,
        timestampedAt: one.timestamped_at,
        good: one.saved,
      };
    }),
  };
}
