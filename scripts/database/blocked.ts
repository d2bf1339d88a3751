import { CodedError } from '#core/error/index.ts';
import type { ErrorFacts } from '#core/error/index.ts';
import { Client } from 'pg';

/** A migration waited too long for a table; nothing of it was applied. */
export class MigrationBlocked extends CodedError<'MIGRATION_BLOCKED'> {
  static override readonly errorName = 'MigrationBlocked';
  constructor(message: string, options?: ErrorFacts) {
    super('MIGRATION_BLOCKED', message, options);
  }
}

interface Holder {
  readonly pid: number;
  readonly role: string | null;
  readonly program: string | null;
  readonly tables: string;
}

const holdersMax = 5;

/** Other sessions that hold locks on tables of this database, the ones with the most tables first. */
async function readHolders(ownerUrl: string): Promise<readonly Holder[]> {
  const client = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<Holder>(
      `SELECT lock.pid, activity.usename AS role, activity.application_name AS program,
              left(string_agg(DISTINCT lock.relation::regclass::text, ', '), 200) AS tables
         FROM pg_locks AS lock JOIN pg_class AS class ON class.oid = lock.relation
         JOIN pg_namespace AS schema ON schema.oid = class.relnamespace
         LEFT JOIN pg_stat_activity AS activity ON activity.pid = lock.pid
        WHERE lock.granted AND lock.pid <> pg_backend_pid() AND class.relkind = 'r'
          AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND schema.nspname NOT LIKE 'pg\\_%' AND schema.nspname <> 'information_schema'
        GROUP BY 1, 2, 3 ORDER BY count(*) DESC, lock.pid LIMIT ${holdersMax}`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

/** PostgreSQL's lock_not_available. */
const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '55P03';

/** Runs `work`; where it waited in vain for a table, the error says whose sessions hold locks now, and what to do. */
export async function explainBlocked<T>(ownerUrl: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    const holders = await readHolders(ownerUrl);
    const named = holders.map(
      ({ pid, role, program, tables }) =>
        `\n  process ${pid}, ${role ?? 'a role that is gone'}${program ? ` (${program})` : ''}: ${tables}`,
    );
    throw new MigrationBlocked(
      `A migration waited in vain for a table that another session has locked; nothing of it was applied.${
        named.length > 0 ? ` Sessions that hold locks now:${named.join('')}` : ''
      }\nStop the portal and the signers (or shut the portal out: ALTER ROLE countersign_portal NOLOGIN, and end its sessions), and run this again.`,
      { cause: error },
    );
  }
}
