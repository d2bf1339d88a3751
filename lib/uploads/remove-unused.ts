/** Removes uploads that were never used; files that any request refers to are kept permanently. */
import type { Sha256Hex } from '#core/ids/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { lockObjects, referred } from './objects.ts';
import { removeExpiredParts } from './parts/index.ts';
import { dayMilliseconds } from './times.ts';

/** In one run; the rest follow in the next. */
const roundMax = 200;
type Ports = Pick<Portal, 'db' | 'store' | 'config' | 'now'>;

const cutoffOf = ({ config, now }: Ports): Date =>
  new Date(now().getTime() - config.upload.unusedHours * 3_600_000);

/**
 * One round, the oldest first. Safe to run in several portals at once and to be cut off anywhere.
 * → how many objects went, and what went wrong with others.
 */
export async function removeUnusedUploads(
  ports: Ports,
): Promise<{ readonly removed: number; readonly problems: readonly string[] }> {
  const { db, store, now } = ports;
  await store.removeAbandoned();
  const problems = [...(await removeExpiredParts(ports))];
  const cutoff = cutoffOf(ports);
  // Never came in, and nobody knows what it was.
  await db.upload.deleteMany({ where: { sha256: null, freedAt: null, at: { lt: cutoff } } });
  const rows = await db.upload.findMany({
    where: { freedAt: null, at: { lt: cutoff } },
    orderBy: { at: 'asc' },
    select: { sha256: true },
    take: roundMax,
  });
  let removed = 0;
  for (const sha256 of new Set(rows.flatMap((row) => row.sha256 ?? []))) {
    try {
      if (await removeObject(ports, parseSha256Hex(sha256), cutoff)) removed += 1;
    } catch (error) {
      problems.push(`unused upload ${sha256}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  // Of what takes no room only the day's sum is asked for.
  const dayAgo = new Date(now().getTime() - dayMilliseconds);
  await db.upload.deleteMany({ where: { freedAt: { not: null }, at: { lt: dayAgo } } });
  return { removed, problems };
}

/**
 * Objects that neither an upload nor a request tells of: of earlier versions, or of a portal that was cut off. `prefix`: two
 * digits, one of the 256 parts of the store; whoever calls goes round. → how many went.
 */
export async function removeOrphans(ports: Ports, prefix: string): Promise<number> {
  const cutoff = cutoffOf(ports);
  let removed = 0;
  let some: Sha256Hex[] = [];
  const flush = async (): Promise<void> => {
    const known = new Set<string>(await referred(ports.db, some));
    const recorded = await ports.db.upload.findMany({
      where: { sha256: { in: some } },
      select: { sha256: true },
    });
    for (const { sha256 } of recorded) if (sha256 !== null) known.add(sha256);
    for (const sha256 of some)
      if (!known.has(sha256) && (await removeObject(ports, sha256, cutoff))) removed += 1;
    some = [];
  };
  for await (const { sha256, modifiedAt } of ports.store.list(prefix)) {
    if (modifiedAt < cutoff) some.push(sha256);
    if (some.length >= roundMax) await flush();
  }
  if (some.length > 0) await flush();
  return removed;
}

/** What somebody uploaded isn't needed any more: it goes now, unless somebody else uploaded the same, or a request refers to it. */
export async function removeUpload(
  { db, store, now }: Pick<Portal, 'db' | 'store' | 'now'>,
  { owner, sha256 }: { readonly owner: string; readonly sha256: Sha256Hex },
): Promise<void> {
  await db.$transaction(
    async (transaction) => {
      await lockObjects(transaction, [sha256]);
      const mine = { owner, sha256, freedAt: null, isStored: true };
      const others = await transaction.upload.findFirst({ where: { sha256, freedAt: null, NOT: { owner } } });
      if (others === null && !(await referred(transaction, [sha256])).has(sha256)) await store.remove(sha256);
      // Kept for the sum of the day.
      await transaction.upload.updateMany({ where: mine, data: { freedAt: now() } });
    },
    { timeout: 60_000 },
  );
}

/**
 * Under the object's lock, which a submission and an upload take as well: they find the object gone, or are found here.
 * The object goes before the rows: an interrupted removal is repeated.
 */
async function removeObject({ db, store }: Ports, sha256: Sha256Hex, cutoff: Date): Promise<boolean> {
  return db.$transaction(
    async (transaction) => {
      await lockObjects(transaction, [sha256]);
      const expired = { sha256, freedAt: null, at: { lt: cutoff } };
      if ((await referred(transaction, [sha256])).has(sha256)) {
        await transaction.upload.updateMany({ where: expired, data: { freedAt: cutoff } });
        return false;
      }
      const fresh = await transaction.upload.findFirst({ where: { sha256, at: { gte: cutoff } } });
      const isRemoved = fresh === null && (await store.remove(sha256));
      await transaction.upload.deleteMany({ where: expired });
      return isRemoved;
    },
    // A large file takes its time to go.
    { timeout: 60_000 },
  );
}
