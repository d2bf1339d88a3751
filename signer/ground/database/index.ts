/** The signer's own connection, under its own role. Every statement is parameterised; every row is parsed. */
import pg from 'pg';
import { connectionTimeouts } from './timeouts.ts';
import { asUnavailable, isUnanswered } from './unavailable.ts';

export { connectionTimeouts, databaseTimeouts } from './timeouts.ts';
export { isDatabaseUnavailable, isUnanswered } from './unavailable.ts';

export type Transaction = pg.PoolClient;

/**
 * It locks only rows of tables that the signer's role alone may write; no other role can hold those. Rejects with
 * Unavailable where the database can't be used now, including when a lock is held too long by another session.
 */
export interface Database {
  query(text: string, values?: readonly unknown[]): Promise<readonly unknown[]>;
  /** Runs work in one transaction; rolls back and rethrows on any error. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** `concurrency`: requests processed at once; each may need a connection, as do searches for work and reports. */
export function openDatabase(
  url: string,
  onError: (error: Error) => void,
  { concurrency }: { readonly concurrency: number } = { concurrency: 2 },
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: concurrency + 6,
    application_name: 'countersign-signer',
    ...connectionTimeouts,
  });
  // A connection that breaks while idle is reported here; without a listener it would end the process.
  pool.on('error', onError);
  const connect = async (): Promise<{ client: pg.PoolClient; release: (broken?: Error) => void }> => {
    const client = await pool.connect();
    // The pool listens only on idle connections; one in use can break as well.
    client.on('error', onError);
    return {
      client,
      release: (broken) => {
        client.off('error', onError);
        client.release(broken);
      },
    };
  };
  const transaction = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    const { client, release } = await connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // A connection that still waits for an answer can't run ROLLBACK: closing it undoes everything as well.
      if (isUnanswered(error)) broken = asError(error);
      else {
        await client.query('ROLLBACK').catch((failure: unknown) => {
          broken = asError(failure);
        });
      }
      throw error;
    } finally {
      release(broken);
    }
  };
  const query = async (text: string, values: readonly unknown[]): Promise<readonly unknown[]> => {
    // The extended protocol takes one statement, the simple one several: nothing put into one begins another.
    const one: pg.QueryConfig & { readonly queryMode: 'extended' } = {
      text,
      values: [...values],
      queryMode: 'extended',
    };
    return (await pool.query<Record<string, unknown>>(one)).rows;
  };
  const throughout = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw asUnavailable(error);
    }
  };
  return {
    query: (text, values = []) => throughout(query(text, values)),
    transaction: (work) => throughout(transaction(work)),
    close: () => pool.end(),
  };
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
