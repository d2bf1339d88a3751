/** Removes uploads that weren't finished: their bytes, and the room that they took. */
import type { PartialUpload } from '../../platform/db/index.ts';
import type { Portal } from '../../platform/portal/index.ts';
import { findAtRest } from './find.ts';

/** In one run; the rest follow in the next. */
const roundMax = 200;
/** No upload lives so long; what no row tells of by then was left by a portal that died. */
const orphanMilliseconds = 48 * 3_600_000;

/** The bytes go first: an interrupted removal is repeated. An artifact that came of it stays. */
export async function removePart(
  { db, store }: Pick<Portal, 'db' | 'store'>,
  { id }: Pick<PartialUpload, 'id'>,
): Promise<void> {
  await store.partial.remove(id);
  await db.$transaction([
    db.upload.deleteMany({ where: { id, isStored: false } }),
    db.partialUpload.deleteMany({ where: { id } }),
  ]);
}

/** What its caller gives up. Of one that is just being hashed the artifact stays. */
export async function cancelPart(
  ports: Pick<Portal, 'db' | 'store' | 'now'>,
  own: { readonly id: string; readonly caller: string },
): Promise<void> {
  await removePart(ports, await findAtRest(ports, own));
}

/** One round, the oldest first. → what went wrong; the others are gone all the same. */
export async function removeExpiredParts(
  ports: Pick<Portal, 'db' | 'store' | 'now'>,
): Promise<readonly string[]> {
  const now = ports.now();
  const problems: string[] = [];
  const attempt = async (id: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      problems.push(`unfinished upload ${id}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const expired = await ports.db.partialUpload.findMany({
    // One that is being written ends by itself.
    where: { expiresAt: { lt: now }, OR: [{ writer: null }, { writerUntil: { lt: now } }] },
    orderBy: { expiresAt: 'asc' },
    take: roundMax,
  });
  for (const row of expired) await attempt(row.id, () => removePart(ports, row));
  for await (const { id, modifiedAt } of ports.store.partial.list()) {
    if (now.getTime() - modifiedAt.getTime() < orphanMilliseconds) continue;
    if ((await ports.db.partialUpload.findUnique({ where: { id } })) === null)
      await attempt(id, () => ports.store.partial.remove(id));
  }
  return problems;
}
