/** The signer's own connection, under its own role. Every statement is parameterised; every row is parsed. */
import pg from 'pg';

export type Transaction = pg.PoolClient;

export interface Database {
  query(text: string, values?: readonly unknown[]): Promise<readonly unknown[]>;
  /** Runs work in one transaction; rolls back and rethrows on any error. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Runs work while holding a named lock of this session, or returns null where another signer holds it. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T | null>;
  close(): Promise<void>;
}

/** `concurrency`: requests at work at once; each holds one connection for its lock and needs others beside it. */
export function openDatabase(
  url: string,
  onError: (error: Error) => void,
  { concurrency }: { readonly concurrency: number } = { concurrency: 2 },
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 2 * concurrency + 6,
    connectionTimeoutMillis: 10_000,
    application_name: 'countersign-signer',
  });
  // A connection that breaks while idle is reported here; without a listener it would end the process.
  pool.on('error', onError);
  const connect = async (): Promise<{ client: pg.PoolClient; release: (broken?: Error) => void }> => {
    const client = await pool.connect();
    // The pool listens only while a connection is idle in it; one that is lent out can break as well.
    client.on('error', onError);
    return {
      client,
      release: (broken) => {
        client.off('error', onError);
        client.release(broken);
      },
    };
  };
  return {
    query: async (text, values = []) => (await pool.query<Record<string, unknown>>(text, [...values])).rows,
    async transaction(work) {
      const { client, release } = await connect();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        const result = await work(client);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((failure: unknown) => {
          broken = asError(failure);
        });
        throw error;
      } finally {
        release(broken);
      }
    },
    async exclusively(name, work) {
      const { client, release } = await connect();
      let broken: Error | undefined;
      try {
        const { rows } = await client.query<{ held: boolean }>(
          'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
          [name],
        );
        if (rows[0]?.held !== true) return null;
        try {
          return await work();
        } finally {
          await client
            .query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name])
            .catch((error: unknown) => {
              // The session holds the lock: ending it is the other way to let go.
              broken = asError(error);
            });
        }
      } finally {
        release(broken);
      }
    },
    close: () => pool.end(),
  };
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}

/** Whether the database was out of reach, as opposed to having refused a statement. SQLSTATE classes 08, 53 and 57. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return /^(?:08|53|57)|^E(?:CONN|PIPE|HOST|NET|TIMEDOUT)/.test(code);
  return /connection terminated|not queryable|client was closed|timeout exceeded when trying to connect/i.test(
    error.message,
  );
}
