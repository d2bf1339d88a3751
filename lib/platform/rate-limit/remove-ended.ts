import type { Database } from '../db/index.ts';

/** As many networks as a flood has: some 100 bytes each. */
const rowsMax = 200_000;
const batchRows = 5_000;
const batchesMax = 60;

/**
 * Counts whose window is over go, and of more than `most` those whose window ends first: their owners may do as much once more. In batches that
 * portals share out among themselves. → how many went.
 */
export async function removeEndedCounts(
  { db }: { readonly db: Database },
  { most = rowsMax, batch = batchRows } = {},
): Promise<number> {
  let removed = 0;
  for (let round = 0; round < batchesMax; round += 1) {
    const [row] = await db.$queryRaw<{ excess: number }[]>`
      SELECT greatest(count(*) - ${most}::int, 0)::int AS excess
        FROM (SELECT FROM portal.rate_count LIMIT ${most}::int + ${batch}::int) AS counted`;
    const excess = row?.excess ?? 0;
    const rows = excess > 0 ? excess : batch;
    const went = await db.$executeRaw`
      DELETE FROM portal.rate_count
       WHERE key IN (SELECT key FROM portal.rate_count WHERE ends_at <= now() OR ${excess > 0}
                      ORDER BY ends_at LIMIT ${rows}::int FOR UPDATE SKIP LOCKED)`;
    removed += went;
    if (went < rows) break;
  }
  return removed;
}
