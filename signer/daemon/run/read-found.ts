/** What earlier passes of a request found, so that a later one needn't write it again. */
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import { foundSha256, stepFinished } from '#core/wire/journal/index.ts';
import type { Database } from '../../ground/database/index.ts';

/** Ends of steps that are looked at, the newest: more than a pass has. */
const endsMax = 12;
/** A longer one is written again: to read it takes as much memory as to write it. */
const bodyBytesMax = 32 * 1024 * 1024;

const rowSchema = z.object({
  seq: z.coerce.bigint(),
  body: z.string().transform((text) => z.record(z.string(), z.unknown()).parse(JSON.parse(text))),
});

/** SHA-256 of what a step found → number of the newest entry that says it itself. */
export async function readFound(
  database: Pick<Database, 'query'>,
  requestId: RequestId,
): Promise<ReadonlyMap<string, bigint>> {
  // Ends are found from the newest on by (kind, seq), as the index has them. In texts of a body quotes have a backslash before them.
  const places = await database.query(
    `SELECT seq FROM signer.journal
      WHERE request_id = $1 AND (kind, seq) >= ($2, 0) AND (kind, seq) <= ($2, $3::bigint)
        AND octet_length(body) <= $4 AND position('"same":{' IN body) = 0 AND position('"outcome":"retry"' IN body) = 0
      ORDER BY kind DESC, seq DESC LIMIT $5`,
    [requestId, stepFinished.kind, (2n ** 63n - 1n).toString(), bodyBytesMax, endsMax],
  );
  const found = new Map<string, bigint>();
  // One at a time: of a large artifact they are long.
  for (const place of places) {
    const [row] = await database.query('SELECT seq, body FROM signer.journal WHERE seq = $1', [
      z.object({ seq: z.coerce.string() }).parse(place).seq,
    ]);
    if (row === undefined) continue;
    const { seq, body } = rowSchema.parse(row);
    const sha256 = foundSha256(body);
    if (!found.has(sha256)) found.set(sha256, seq);
  }
  return found;
}
