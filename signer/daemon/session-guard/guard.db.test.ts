/** On a PostgreSQL of its own: what is used up here is everybody's on a server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { prepareStackPaths, removeServiceFolder, startPostgres } from '../../../dev/stack/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { openSessionGuard, type SessionGuard, type SessionLimits } from './index.ts';
import { patience } from '../../../dev/test/patience.ts';

describe('on a server that the portal’s role exhausts', () => {
  let stop: () => Promise<void>;
  let urls: { readonly portal: string; readonly signer: string; readonly owner: string };
  let database: Database;
  let guard: SessionGuard;
  const opened: pg.Client[] = [];
  beforeAll(async () => {
    const paths = prepareStackPaths(mkdtempSync(join(tmpdir(), 'countersign-guard-')));
    const postgres = await startPostgres(paths, { durable: false });
    stop = async () => {
      await postgres.stop();
      removeServiceFolder(paths.postgres);
      rmSync(paths.state, { recursive: true, force: true });
    };
    urls = await postgres.prepareDatabase();
    database = openDatabase(urls.signer, () => undefined);
  });
  afterAll(async () => {
    await database.close();
    await stop();
  });
  afterEach(async () => {
    await guard.stop();
    for (const client of opened.splice(0)) await client.end().catch(() => undefined);
  });

  /** Looks once now, and then that often. */
  const watch = (
    everyMilliseconds: number,
    limits: SessionLimits = { transactionSecondsMax: 2, locksMax: 1000 },
  ): void => {
    guard = openSessionGuard({
      url: urls.signer,
      limits,
      log: pino({ level: 'silent' }),
      now: () => new Date(),
      everyMilliseconds,
    });
  };

  async function portal(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: urls.portal });
    client.on('error', () => undefined); // it is ended on purpose
    await client.connect();
    opened.push(client);
    return client;
  }
  const write = () =>
    database.query(
      `INSERT INTO signer.component_health VALUES ('test', 'ok', '', now(), '{}')
       ON CONFLICT (component) DO UPDATE SET checked_at = now()`,
    );
  const goesOn = () => vi.waitFor(write, patience);

  it('ends a session that keeps a transaction open idle, and leaves a working one alone', async () => {
    watch(300);
    const [idle, busy] = [await portal(), await portal()];
    await idle.query('BEGIN; SELECT count(*) FROM portal.signing_request');
    const ended = guard.ended();
    await vi.waitFor(async () => {
      await busy.query('SELECT 1');
      expect(guard.ended()).toBe(ended + 1);
    }, patience);
    await expect(idle.query('SELECT 1')).rejects.toThrow();
    expect(guard.problem()).toMatch(/held a transaction open for \d+ s and \d+ locks/);
  });

  it('frees the server if one session took all available locks', async () => {
    const limits = { transactionSecondsMax: 100_000, locksMax: 100_000_000 };
    watch(500, limits);
    const client = await portal();
    await write();
    const ended = guard.ended();
    const full = client.query('SELECT count(pg_advisory_lock(key)) FROM generate_series(1, 10000000) key');
    await expect(full).rejects.toMatchObject({ code: '53200' }); // out of shared memory; the session keeps what it has
    await expect(write()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    // Only now, so that the session isn't seen before it has taken all of them.
    limits.locksMax = 1000;
    await vi.waitFor(
      () => expect([guard.ended(), guard.problem()]).toEqual([ended + 1, expect.stringMatching(/^ended/)]),
      patience,
    );
    await goesOn();
    await (await portal()).query('SELECT 1');
  });

  it('frees it if the locks are those of savepoints, which need no function', async () => {
    watch(500);
    const client = await portal();
    await write();
    const ended = guard.ended();
    const one = `SAVEPOINT one; INSERT INTO portal.audit_event (actor, action, subject, detail) VALUES ('', '', '', '{}');`;
    await client.query('BEGIN');
    for (let round = 0; round < 60; round += 1) {
      const failed = await client.query(one.repeat(500)).then(
        () => false,
        () => true,
      );
      if (failed) break;
    }
    await vi.waitFor(() => expect(guard.ended()).toBeGreaterThan(ended), patience);
    await goesOn();
  });

  it('frees it if many sessions took them together, none of them many', async () => {
    const limits = { transactionSecondsMax: 100_000, locksMax: 100_000_000 };
    watch(500, limits);
    await write();
    const ended = guard.ended();
    let refused: unknown = null;
    for (let count = 0; count < 55 && refused === null; count += 1) {
      const client = await portal().catch((error: unknown) => {
        refused = error;
      });
      if (client === undefined) break;
      const some = `SELECT count(pg_advisory_lock($1, key)) FROM generate_series(1, 900) key`;
      await client.query(some, [count]).catch((error: unknown) => {
        refused = error;
      });
    }
    expect(refused).toMatchObject({ code: '53200' });
    await expect(write()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    limits.locksMax = 1000;
    await goesOn();
    // The server is free a moment before the guard has counted whom it ended.
    await vi.waitFor(() => {
      expect(guard.ended()).toBeGreaterThan(ended);
      expect(guard.problem()).toMatch(/^ended/);
    }, patience);
    // Whoever has a few locks goes on working.
    await (await portal()).query('SELECT count(pg_advisory_lock(key)) FROM generate_series(1, 90) key');
    await (await portal()).query('SELECT 1');
  });

  it('leaves connections for the signer when the portal’s role has as many as it can get', async () => {
    watch(1000);
    let refused: unknown = null;
    for (let count = 0; count < 200 && refused === null; count += 1) {
      await portal().catch((error: unknown) => {
        refused = error;
      });
    }
    expect(refused).toMatchObject({ code: '53300' });
    const fresh = openDatabase(urls.signer, () => undefined, { concurrency: 16 });
    try {
      await Promise.all(Array.from({ length: 16 }, () => fresh.query('SELECT pg_sleep(0.1)')));
    } finally {
      await fresh.close();
    }
  });

  it('reports if it may not end sessions', async () => {
    watch(300);
    const owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    opened.push(owner);
    await owner.query('REVOKE EXECUTE ON FUNCTION signer.end_obstructing_sessions FROM countersign_signer');
    await vi.waitFor(
      () => expect(guard.problem()).toMatch(/can’t be ended: permission denied.*npm run db:migrate/),
      patience,
    );
    await owner.query('GRANT EXECUTE ON FUNCTION signer.end_obstructing_sessions TO countersign_signer');
    await vi.waitFor(() => expect(guard.problem() ?? '').not.toMatch(/permission denied/), patience);
  });
});
