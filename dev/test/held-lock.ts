/** Shows deterministically that a lock is taken: another session holds it, and the code under test is seen waiting. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import type { Database } from '../../signer/ground/database/index.ts';

export interface HeldLock {
  /** SQL that takes the lock for its transaction. */
  readonly lock: string;
  readonly values?: readonly unknown[];
  /** What the holder still writes once the others wait: they have to see it when their turn comes. */
  readonly meanwhile?: (holder: Client) => Promise<unknown>;
}

/** An advisory lock as the portal names them. */
export const advisoryLock = (name: string): HeldLock => ({
  lock: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
  values: [name],
});

/** As `ctx`, with transactions that may wait for as long as a loaded machine takes. */
export function patientContext<T extends { readonly db: object }>(ctx: T): T {
  const db = new Proxy(ctx.db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== '$transaction' || typeof value !== 'function') return value;
      return (work: unknown, options: object = {}): unknown =>
        value.call(target, work, { ...options, timeout: 120_000, maxWait: 120_000 });
    },
  });
  return { ...ctx, db };
}

/** As the signer's database, with transactions that may wait for a lock for as long as a loaded machine takes. */
export const patientDatabase = (database: Database): Database => ({
  ...database,
  transaction: (work) =>
    database.transaction(async (transaction) => {
      await transaction.query(`SET LOCAL lock_timeout = '120s'`);
      await transaction.query(`SET LOCAL statement_timeout = '120s'`);
      return work(transaction);
    }),
});

/** One of the signer's, by its row of signer.mutex. */
export const mutexLock = (name: string): HeldLock => ({
  lock: 'SELECT 1 FROM signer.mutex WHERE name = $1 FOR UPDATE',
  values: [name],
});

/**
 * Starts the works while a connection of its own to the database holds the lock, releases it once each of them waits for it,
 * and returns how they ended. Rejects if one ends without having waited.
 */
export async function behindLock<T>(
  url: string,
  { lock, values = [], meanwhile }: HeldLock,
  ...works: readonly (() => Promise<T>)[]
): Promise<readonly PromiseSettledResult<T>[]> {
  const holder = new Client({ connectionString: url });
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(lock, [...values]);
    let ended = 0;
    const running = Promise.allSettled(
      works.map((work) =>
        work().finally(() => {
          ended += 1;
        }),
      ),
    );
    while ((await countWaiting(holder)) < works.length) {
      if (ended > 0) {
        await holder.query('ROLLBACK');
        throw new Error(`ended without waiting for the lock: ${JSON.stringify(await running)}`);
      }
      await sleep(20);
    }
    await meanwhile?.(holder);
    await holder.query('COMMIT');
    return await running;
  } finally {
    await holder.end();
  }
}

/** Does the work while somebody else holds the lock: it must not wait for it. */
export async function besideLock<T>(
  url: string,
  { lock, values = [] }: HeldLock,
  work: () => Promise<T>,
): Promise<T> {
  const holder = new Client({ connectionString: url });
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(lock, [...values]);
    return await work();
  } finally {
    await holder.end();
  }
}

const rowsSchema = z.array(z.object({ pid: z.int(), behind: z.array(z.int()) }));

/** How many wait for this connection, or for one that waits for it. */
async function countWaiting(holder: Client): Promise<number> {
  const { rows } = await holder.query(
    'SELECT DISTINCT pid, pg_blocking_pids(pid) AS behind FROM pg_locks WHERE NOT granted',
  );
  const waiting = rowsSchema.parse(rows);
  const own = await holder.query('SELECT pg_backend_pid() AS pid');
  const reached = new Set<number>([z.object({ pid: z.int() }).parse(own.rows[0]).pid]);
  for (let size = 0; size < reached.size;) {
    size = reached.size;
    for (const { pid, behind } of waiting) if (behind.some((holder) => reached.has(holder))) reached.add(pid);
  }
  return reached.size - 1;
}
