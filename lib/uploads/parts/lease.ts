/**
 * One call at a time writes an upload, at whichever portal: it holds a lease, which ends by itself where the portal dies. Times of
 * leases are the database's, so that portals with different clocks agree.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/db/index.ts';

export const leaseMilliseconds = 10_000;
/** A writer that couldn't renew for so long stops, before another can begin. */
export const renewedWithinMilliseconds = 7_000;
const length = `${leaseMilliseconds} milliseconds`;
/** No lease that is given now is as long: the database's clock was ahead as that one was. */
export const strangeLength = `${2 * leaseMilliseconds} milliseconds`;

/** → the writer's name; null: it doesn't stand at this offset any more, or somebody else writes. */
export async function takeLease(
  db: Database,
  { id, offset }: { readonly id: string; readonly offset: number },
): Promise<string | null> {
  const writer = randomUUID();
  const taken = await db.$executeRaw`
    UPDATE portal.partial_upload
       SET writer = ${writer}::uuid, writer_until = clock_timestamp() + ${length}::interval, is_stopped = FALSE
     WHERE id = ${id}::uuid AND offset_bytes = ${offset} AND completed_at IS NULL
       AND (writer IS NULL OR writer_until < clock_timestamp()
            OR writer_until > clock_timestamp() + ${strangeLength}::interval)`;
  return taken === 1 ? writer : null;
}

interface Held {
  readonly id: string;
  readonly writer: string;
  /** What is on disk by now. */
  readonly offset: number;
}

/** → whether to go on; lost: another may write. */
export async function renewLease(
  db: Database,
  { id, writer, offset }: Held,
): Promise<'held' | 'stopped' | 'lost'> {
  const rows = await db.$queryRaw<readonly { readonly is_stopped: boolean }[]>`
    UPDATE portal.partial_upload
       SET offset_bytes = greatest(offset_bytes, ${offset}), writer_until = clock_timestamp() + ${length}::interval
     WHERE id = ${id}::uuid AND writer = ${writer}::uuid
    RETURNING is_stopped`;
  const [row] = rows;
  if (row === undefined) return 'lost';
  return row.is_stopped ? 'stopped' : 'held';
}

export async function releaseLease(db: Database, { id, writer, offset }: Held): Promise<void> {
  await db.$executeRaw`
    UPDATE portal.partial_upload
       SET offset_bytes = greatest(offset_bytes, ${offset}), writer = NULL, writer_until = NULL, is_stopped = FALSE
     WHERE id = ${id}::uuid AND writer = ${writer}::uuid`;
}
