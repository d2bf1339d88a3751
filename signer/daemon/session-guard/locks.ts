/** Who locks whole tables, for people: "portal.signing_request has been locked for 300 s by process 123, role …". */
import { z } from 'zod';
import type { Database } from '../../ground/database/index.ts';

const lockRow = z.object({
  relation: z.string(),
  pid: z.number(),
  mode: z.string(),
  granted: z.boolean(),
  role: z.string().nullable(),
});

/** Modes that keep others from reading or writing a table (PostgreSQL, 13.3.1). */
const blockingModes = ['AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock'];
/** Altering a table takes a moment; longer locks are reported. */
const secondsMin = 5;

/**
 * → sentences about long-held locks; null: none. Remembers what it saw, since the server doesn't say how long a lock
 * has been held.
 */
export function watchLocks(database: Pick<Database, 'query'>, now: () => Date): () => Promise<string | null> {
  let seen = new Map<string, Date>();
  return async () => {
    const rows = await database.query(
      `SELECT format('%s.%s', space.nspname, class.relname) AS relation, lock.pid, lock.mode, lock.granted,
              pg_get_userbyid(session.usesysid)::text AS role
         FROM pg_lock_status() AS lock
         JOIN pg_class AS class ON class.oid = lock.relation
         JOIN pg_namespace AS space ON space.oid = class.relnamespace
         LEFT JOIN pg_stat_get_activity(NULL) AS session ON session.pid = lock.pid
        WHERE space.nspname IN ('portal', 'signer', 'pgboss') AND lock.mode = ANY($1)
          AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        LIMIT 20`,
      [blockingModes],
    );
    const at = now();
    const locks = rows.map((row) => lockRow.parse(row));
    const keyOf = (one: (typeof locks)[number]): string => `${one.relation} ${one.pid} ${one.mode}`;
    seen = new Map(locks.map((lock) => [keyOf(lock), seen.get(keyOf(lock)) ?? at]));
    const described = locks.flatMap((lock) => {
      const seconds = Math.round((at.getTime() - (seen.get(keyOf(lock)) ?? at).getTime()) / 1000);
      if (seconds < secondsMin) return [];
      const verb = lock.granted ? 'locked' : 'waited for';
      return [
        `${lock.relation} has been ${verb} (${lock.mode}) for ${seconds} s by process ${lock.pid}, role ${lock.role ?? 'unknown'}`,
      ];
    });
    return described.length === 0 ? null : described.join('; ');
  };
}
