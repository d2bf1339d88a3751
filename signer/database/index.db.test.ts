import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { isConnectionError, openDatabase } from './index.ts';

describe('the signer’s database connection', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  beforeAll(async () => {
    urls = await testDatabase();
  });
  afterAll(() => urls.release());

  /** Ends every other connection of the signer's role, as a restart of PostgreSQL does. */
  async function cutOff(): Promise<void> {
    const client = new pg.Client({ connectionString: urls.signer });
    await client.connect();
    try {
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'countersign-signer' AND datname = current_database()`,
      );
    } finally {
      await client.end();
    }
  }

  it('survives that it breaks while a request holds its lock, and works again', async () => {
    const errors: Error[] = [];
    const database = openDatabase(urls.signer, (error) => errors.push(error));
    try {
      await database.exclusively('request', async () => {
        await cutOff();
        await expect.poll(() => errors.length).toBeGreaterThan(0);
      });
      const broken = await database.transaction(cutOff).catch((error: unknown) => error);
      expect(isConnectionError(broken)).toBe(true);
      expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await database.close();
    }
  });

  it('has connections for as many requests at once as it was told', async () => {
    const concurrency = 16;
    const database = openDatabase(urls.signer, () => undefined, { concurrency });
    try {
      const all = Array.from({ length: concurrency }, (_, index) =>
        database.exclusively(`request ${index}`, () => database.query('SELECT pg_sleep(0.3)')),
      );
      expect(await Promise.all(all)).toHaveLength(concurrency);
    } finally {
      await database.close();
    }
  });
});
