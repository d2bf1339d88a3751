/** What a portal that died has left, and what nobody asks for any more. */
import type { Portal } from '../platform/portal/index.ts';
import { startAttempt } from './turns.ts';

/** Begun in one run; the rest follow in the next. */
const roundMax = 20;
/** Longer than hosts keep artifacts: until then it is known how a release was packed. */
const keptMilliseconds = 100 * 24 * 3_600_000;
/** Time for a portal that waits for its own next attempt: only it may have the token. */
const graceMilliseconds = 30_000;

/** Goes on with fetches that nobody has in hand. → what went wrong, in words: nothing that isn't on the rows. */
export async function resumeFetches(portal: Portal): Promise<readonly string[]> {
  const { db, now } = portal;
  const at = now();
  const left = await db.artifactFetch.findMany({
    where: {
      state: 'fetching',
      nextAt: { lte: new Date(at.getTime() - graceMilliseconds) },
      OR: [{ turn: null }, { turnUntil: { lte: at } }],
    },
    orderBy: { nextAt: 'asc' },
    take: roundMax,
    select: { id: true },
  });
  for (const { id } of left) await startAttempt(portal, id);
  return [];
}

/** The files themselves stay as long as uploads do. */
export async function removeOldFetches({ db, now }: Pick<Portal, 'db' | 'now'>): Promise<readonly string[]> {
  const before = new Date(now().getTime() - keptMilliseconds);
  await db.artifactFetch.deleteMany({ where: { state: { not: 'fetching' }, requestedAt: { lt: before } } });
  return [];
}
