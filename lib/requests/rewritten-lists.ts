/** Lists that the signer wrote anew, since files that they list were signed: they differ from what the build made. */
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';

export interface RewrittenList {
  /** As those of signed files are written. */
  readonly path: string;
  /** As the build made it. */
  readonly inspectedSha256: string;
  readonly releasedSha256: string;
  /** Values that were written anew. */
  readonly fields: number;
}

export interface RewrittenLists {
  /** The first of them. */
  readonly lists: readonly RewrittenList[];
  readonly total: number;
}

const shownMax = 100;
const firstOnes = `$[0 to ${shownMax - 1}]`;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const listSchema = z.object({
  path: z.array(z.string()).transform((path) => path.join('!/')),
  inspectedSha256: digest,
  releasedSha256: digest,
  fields: z.int().positive(),
});
const rowSchema = z.object({ lists: z.array(z.unknown()), total: z.number() });

/** Of a request that was released. Public. */
export async function readRewrittenLists(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: { readonly id: RequestId };
}): Promise<RewrittenLists> {
  // The journal is another program's, and an entry of a large release is long: only one that has lists is read as JSON.
  const [row] = await call.ctx.db.$queryRaw<unknown[]>`
    SELECT coalesce(jsonb_path_query_array(document.followed, ${firstOnes}::jsonpath), '[]'::jsonb) AS lists,
           CASE WHEN jsonb_typeof(document.followed) = 'array' THEN jsonb_array_length(document.followed) ELSE 0 END AS total
      FROM (SELECT body FROM signer.journal
             WHERE request_id = ${call.input.id}::uuid AND kind = 'request.released' ORDER BY seq DESC LIMIT 1) AS entry
      CROSS JOIN LATERAL (
        SELECT CASE WHEN strpos(entry.body, '"followed"') > 0 AND signer.reads_as_json(entry.body)
                    THEN entry.body::jsonb -> 'followed' END AS followed OFFSET 0
      ) AS document`;
  if (row === undefined) return { lists: [], total: 0 };
  const { lists, total } = rowSchema.parse(row);
  return {
    lists: lists.flatMap((one) => {
      const read = listSchema.safeParse(one);
      return read.success ? [read.data] : [];
    }),
    total,
  };
}
