import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { stepStarted } from '#core/wire/journal/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { isDatabaseUnavailable, openDatabase, type Database } from '../../ground/database/index.ts';
import { reportHealth } from '../health/index.ts';
import { append } from '../../ground/journal/index.ts';
import { watchDatabase, watchSweep } from '../probes/index.ts';
import { loadRequest } from '../requests/index.ts';
import { holdLease, openTurns, type PassEnd, type Turn } from '../turns/index.ts';
import { endPass, PortalTables } from '../turns/portal-tables.fixture.ts';
import { openWakeQueue, startWorker, type WakeQueue, type Worker } from './index.ts';
import { patience } from '../../../dev/test/patience.ts';

const log = pino({ level: 'silent' });
const config = {
  concurrency: 2,
  sweepSeconds: 0.2,
  retry: { attemptsMax: 5, delaySeconds: 0.2, delaySecondsMax: 1 },
};

describe('the signer at work', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let portal: PortalTables;
  let owner: pg.Client;
  let worker: Worker | null;
  let queue: WakeQueue | null;
  /** In the order in which they were taken up. */
  let begun: { readonly id: RequestId; readonly project: string }[];
  let done: RequestId[];
  let passMilliseconds: number;

  beforeEach(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
    portal = await PortalTables.open(urls.portal);
    owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    [worker, queue, begun, done, passMilliseconds] = [null, null, [], [], 0];
  });
  afterEach(async () => {
    await owner.query('ROLLBACK');
    await queue?.stop();
    await worker?.stop();
    await portal.close();
    await owner.end();
    await database.close();
    await urls.release();
  });

  /** What a pass does with the database: reads the claim, then writes journal and state behind the fence. */
  const pass = async (turn: Turn): Promise<PassEnd> => {
    begun.push({ id: turn.requestId, project: turn.project });
    if ((await loadRequest(database, turn.requestId)) === null) return { kind: 'gone' };
    await sleep(passMilliseconds);
    await database.transaction(async (transaction) => {
      await holdLease(transaction, turn.lease);
      await append(transaction, new Date(), {
        requestId: turn.requestId,
        event: stepStarted({ pass: 1, step: 'received' }),
      });
    });
    await endPass(database, turn.requestId, { status: 'completed' });
    done.push(turn.requestId);
    return { kind: 'ended' };
  };
  const start = (process = pass): void => {
    const turns = openTurns({
      database,
      signer: 'one',
      // Longer than any test: none passes because a lease expired.
      leaseSeconds: 3600,
      now: () => new Date(),
      rule: { perProjectMax: 2, workSecondsMax: 1800, workHalfLifeSeconds: 1800 },
      projects: () => new Set(['alpha', 'beta']),
    });
    const started = startWorker({
      turns,
      config,
      log,
      now: () => new Date(),
      mayTake: () => Promise.resolve(true),
      process,
    });
    worker = started;
    queue = openWakeQueue({
      database,
      log,
      sweepSeconds: config.sweepSeconds,
      retryMilliseconds: 200,
      onRequests: (ids) => started.ask(ids),
      follow: () => Promise.resolve(),
    });
  };
  const ends = (id: RequestId) => vi.waitFor(() => expect(done).toContain(id), patience);

  it('continues while the portal’s role holds every lock that it can get, for any length of time', async () => {
    const first = await portal.request();
    await portal.client.query('BEGIN');
    // The keys that were locks once, and a thousand others.
    await portal.client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [
      `countersign:request:${first}`,
    ]);
    await portal.client.query(
      'SELECT pg_advisory_lock(7305201101), count(pg_advisory_lock(key)) FROM generate_series(1, 1000) key',
    );
    const { rows } = await portal.client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname IN ('signer', 'portal', 'pgboss', 'portal_jobs') AND tablename NOT LIKE '\\_%'`,
    );
    let held = 0;
    for (const { name } of rows) {
      const modes = ['ACCESS EXCLUSIVE', 'EXCLUSIVE', 'SHARE', 'ROW EXCLUSIVE', 'ACCESS SHARE'];
      for (const mode of modes) {
        await portal.client.query('SAVEPOINT one');
        const got = await portal.client.query(`LOCK TABLE ${name} IN ${mode} MODE`).then(
          () => true,
          () => false,
        );
        if (!got) await portal.client.query('ROLLBACK TO one');
        else held += 1;
      }
    }
    expect(held).toBeGreaterThan(50);
    start();
    const honest = await PortalTables.open(urls.portal);
    try {
      await ends(first);
      await ends(await honest.request('beta'));
    } finally {
      await honest.close();
    }
  });

  it('starts and runs while the queue’s tables are locked', async () => {
    await owner.query('BEGIN');
    await owner.query(
      'LOCK TABLE pgboss.version, pgboss.queue, pgboss.job, pgboss.job_common IN ACCESS EXCLUSIVE MODE',
    );
    start();
    await ends(await portal.request());
    await vi.waitFor(() => expect(queue?.health().state).toBe('degraded'), patience);
    await vi.waitFor(() => expect(worker?.status().sweptAt).not.toBeNull(), patience);
    await owner.query('ROLLBACK');
    await vi.waitFor(() => expect(queue?.health().state).toBe('ok'), patience);
  });

  it('reports who blocks it from reading requests, loses nothing meanwhile, and continues by itself', async () => {
    start((turn) =>
      pass(turn).catch((error: unknown) => {
        expect(isDatabaseUnavailable(error)).toBe(true); // never taken for a refusal, or for a fault of the request
        throw error;
      }),
    );
    const id = await portal.request();
    await ends(id);
    const guard = { problem: () => null, ended: () => 0 };
    const now = () => new Date();
    const health = reportHealth(
      { database, signer: 'one' },
      [watchDatabase(database, guard, now), watchSweep(worker as Worker, 0.2, now)],
      { error: () => undefined },
      { intervalMs: 500 },
    );
    const report = async (component: string) => {
      const rows = await database.query(
        'SELECT state, detail FROM signer.signer_health WHERE component = $1',
        [component],
      );
      return rows[0] as { state: string; detail: string } | undefined;
    };
    try {
      const second = await portal.request('beta');
      const pid = (await owner.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
      await owner.query('BEGIN; LOCK TABLE portal.signing_request IN ACCESS EXCLUSIVE MODE');
      await vi.waitFor(
        async () =>
          expect((await report('signer-database'))?.detail).toMatch(
            new RegExp(
              `portal.signing_request has been locked \\(AccessExclusiveLock\\) for \\d+ s by process ${pid}, role countersign_owner`,
            ),
          ),
        patience,
      );
      await vi.waitFor(async () => expect((await report('sweep'))?.detail).toMatch(/lock timeout/), patience);
      await owner.query('ROLLBACK');
      await ends(second);
      await vi.waitFor(
        async () => expect(await report('signer-database')).toMatchObject({ state: 'ok' }),
        patience,
      );
      await vi.waitFor(async () => expect(await report('sweep')).toMatchObject({ state: 'ok' }), patience);
    } finally {
      await health.stop();
    }
  });

  it('leaves a request unchanged if its own tables can’t be used, and tries again', async () => {
    await owner.query('BEGIN; LOCK TABLE signer.journal IN ACCESS EXCLUSIVE MODE');
    start();
    const id = await portal.request();
    await vi.waitFor(() => expect(begun.length).toBeGreaterThan(0), patience);
    await sleep(200);
    expect(done).toEqual([]);
    await owner.query('ROLLBACK');
    await ends(id);
    expect(await database.query('SELECT status FROM signer.request_state')).toEqual([
      { status: 'completed' },
    ]);
  });

  it('gives back what it couldn’t while the database was away, so that no request waits until its lease expires', async () => {
    const failed = vi.spyOn(log, 'error');
    try {
      let hindered = false;
      start(async (turn) => {
        if (!hindered) {
          hindered = true;
          await owner.query('BEGIN; LOCK TABLE signer.open_request IN EXCLUSIVE MODE');
          throw new Error('the database is away');
        }
        return pass(turn);
      });
      const id = await portal.request();
      const said = () => failed.mock.calls.map(([, message]) => message);
      await vi.waitFor(
        () => expect(said()).toContainEqual(expect.stringMatching(/could not be given back/)),
        patience,
      );
      expect(done).toEqual([]);
      await owner.query('ROLLBACK');
      await ends(id);
    } finally {
      failed.mockRestore();
    }
  });

  it('takes another project’s request after at most the requests in progress, however many one project has', async () => {
    passMilliseconds = 150;
    await portal.requests('alpha', 60);
    start();
    await vi.waitFor(() => expect(begun.length).toBeGreaterThanOrEqual(4), patience);
    const id = await portal.request('beta');
    await worker?.ask([id]);
    // Counted from when the signer knows of it: on a busy machine its writer takes longer than several passes.
    const before = { begun: begun.length, done: done.length };
    await ends(id);
    const others = begun.slice(before.begun).findIndex((entry) => entry.project === 'beta');
    expect(others).toBeLessThanOrEqual(config.concurrency);
    expect(done.indexOf(id) - before.done).toBeLessThan(25);
    await vi.waitFor(() => expect(done).toHaveLength(61), patience);
    const open = () => database.query('SELECT 1 FROM signer.open_request');
    await vi.waitFor(async () => expect(await open()).toEqual([]), patience);
  });

  it('never processes more requests at once than it has slots, and none twice at once', async () => {
    let [atWork, most] = [0, 0];
    const now = new Set<RequestId>();
    await portal.requests('alpha', 10);
    await portal.requests('beta', 10);
    start(async (turn) => {
      expect(now.has(turn.requestId)).toBe(false);
      now.add(turn.requestId);
      atWork += 1;
      most = Math.max(most, atWork);
      await sleep(20);
      const end = await pass(turn);
      now.delete(turn.requestId);
      atWork -= 1;
      return end;
    });
    await vi.waitFor(() => expect(done).toHaveLength(20), patience);
    expect([most, new Set(done).size]).toEqual([2, 20]);
  });
});
