import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { Unavailable } from '../availability/index.ts';
import { databaseTimeouts, isDatabaseUnavailable, openDatabase, type Database } from './index.ts';

describe('the signer’s database connection', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let owner: pg.Client;
  let database: Database;
  const errors: Error[] = [];
  beforeAll(async () => {
    urls = await testDatabase();
    owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    database = openDatabase(urls.signer, (error) => errors.push(error));
  });
  afterEach(() => owner.query('ROLLBACK').then(() => undefined));
  afterAll(async () => {
    await database.close();
    await owner.end();
    await urls.release();
  });

  const failure = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

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

  it('survives a break within a transaction, and works again', async () => {
    const broken = await failure(
      database.transaction(async (transaction) => {
        await cutOff();
        await transaction.query('SELECT 1');
      }),
    );
    expect(isDatabaseUnavailable(broken)).toBe(true);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('waits for a locked table within a bound, and reports a temporary failure', async () => {
    await owner.query('BEGIN; LOCK TABLE portal.signing_request IN ACCESS EXCLUSIVE MODE');
    const startedAt = performance.now();
    const locked = await failure(database.query('SELECT id FROM portal.signing_request'));
    expect(performance.now() - startedAt).toBeLessThan(databaseTimeouts.statement);
    expect(locked).toBeInstanceOf(Unavailable);
    expect(locked).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringMatching(/lock timeout/) as string,
    });
    await owner.query('ROLLBACK');
    expect(await database.query('SELECT id FROM portal.signing_request')).toEqual([]);
  });

  it('has a bound for everything that it waits for', async () => {
    const settings = await database.query(
      `SELECT name, setting::int FROM pg_settings
        WHERE name IN ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout') ORDER BY name`,
    );
    expect(settings).toEqual([
      { name: 'idle_in_transaction_session_timeout', setting: databaseTimeouts.idleInTransaction },
      { name: 'lock_timeout', setting: databaseTimeouts.lock },
      { name: 'statement_timeout', setting: databaseTimeouts.statement },
    ]);
  });

  it('passes a refused statement’s error on as it is: retrying doesn’t help', async () => {
    expect(await failure(database.query(`SELECT 1 / 0`))).toMatchObject({ code: '22012' });
    const undone = await failure(
      database.transaction(async (transaction) => {
        await transaction.query(`INSERT INTO signer.mutex VALUES ('x')`);
        throw new RangeError('of the work');
      }),
    );
    expect(undone).toBeInstanceOf(RangeError);
    expect(await database.query(`SELECT 1 FROM signer.mutex WHERE name = 'x'`)).toEqual([]);
  });

  it('sends one statement at a time, so that injected text can’t start another', async () => {
    const two = await failure(database.query(`SELECT 1; INSERT INTO signer.mutex VALUES ('second')`));
    expect(two).toMatchObject({ code: '42601' });
    expect(await database.query(`SELECT 1 FROM signer.mutex WHERE name = 'second'`)).toEqual([]);
  });

  it('has connections for the configured number of concurrent requests', async () => {
    const concurrency = 16;
    const many = openDatabase(urls.signer, () => undefined, { concurrency });
    try {
      const all = Array.from({ length: concurrency }, () => many.query('SELECT pg_sleep(0.3)'));
      expect(await Promise.all(all)).toHaveLength(concurrency);
    } finally {
      await many.close();
    }
  });
});
