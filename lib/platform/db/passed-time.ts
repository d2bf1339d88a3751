/**
 * Up to when time has passed for certain: the earlier of this host's clock and the database's. What goes away by its age is asked as of that,
 * since a clock that is ahead would make everything old, and nothing brings back what went.
 */
import type { PrismaClient } from './generated/client.ts';

export async function passedTime(db: Pick<PrismaClient, '$queryRaw'>, now: () => Date): Promise<Date> {
  const [row] = await db.$queryRaw<readonly { readonly at: Date }[]>`SELECT clock_timestamp() AS at`;
  if (row === undefined) throw new TypeError('the database gave no time');
  return new Date(Math.min(row.at.getTime(), now().getTime()));
}
