import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { openJobQueue } from '../../../lib/platform/queue/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { openWakeQueue, type WakeQueue } from './wake-queue.ts';
import { patience } from '../../../dev/test/patience.ts';

describe('jobs that wake the signer', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let owner: pg.Client;
  let queue: WakeQueue;
  let asked: RequestId[];
  let looks: number;
  let trouble: Error | null;

  beforeEach(async () => {
    [asked, looks, trouble] = [[], 0, null];
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
    owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
  });
  afterEach(async () => {
    await owner.query('ROLLBACK');
    await queue.stop();
    await owner.end();
    await database.close();
    await urls.release();
  });

  const open = (): WakeQueue =>
    openWakeQueue({
      database,
      log: pino({ level: 'silent' }),
      sweepSeconds: 5,
      retryMilliseconds: 200,
      onRequests: async (ids) => {
        asked.push(...ids);
      },
      follow: () => {
        looks += 1;
        return trouble === null ? Promise.resolve() : Promise.reject(trouble);
      },
    });
  const left = async (): Promise<number> =>
    Number((await owner.query<{ count: string }>('SELECT count(*) FROM pgboss.job')).rows[0]?.count);
  const drained = () => vi.waitFor(async () => expect(await left()).toBe(0), patience);
  const insert = (name: string, jobs: readonly object[]) =>
    asPortal(async (boss) => {
      await boss.insert(name, [...jobs]);
    });

  /** pg-boss as whoever has the portal's role may use it. */
  async function asPortal(work: (boss: PgBoss) => Promise<void>): Promise<void> {
    const boss = new PgBoss({
      connectionString: urls.portal,
      max: 1,
      migrate: false,
      createSchema: false,
      supervise: false,
      schedule: false,
      registerInstance: false,
    });
    await boss.start();
    try {
      await work(boss);
    } finally {
      await boss.stop({ graceful: false });
    }
  }

  it('make it check the policy when the portal asks, and leave nothing behind', async () => {
    queue = open();
    const portal = openJobQueue({ url: urls.portal });
    await portal.followPolicy();
    await vi.waitFor(() => expect(looks).toBe(1), patience);
    await portal.close();
    await drained();
    expect(queue.health()).toMatchObject({ state: 'ok' });
  });

  it('name requests; malformed jobs name none', async () => {
    const id = randomUUID() as RequestId;
    await insert('signing', [
      { data: { requestId: id } },
      { data: { requestId: '../../etc' } },
      { data: null },
      { data: { __proto__: { requestId: id } } },
      { data: { requestId: id } },
    ]);
    queue = open();
    await vi.waitFor(() => expect(asked).toEqual([id]), patience);
    await drained();
    expect(asked).toEqual([id]);
  });

  it('cost few checks however many a compromised portal sends, and whatever they contain', async () => {
    await insert(
      'policy',
      Array.from({ length: 300 }, (_, index) => ({
        data: { commit: '0'.repeat(40), url: 'https://elsewhere.example' },
        singletonKey: `key ${index}`,
      })),
    );
    queue = open();
    await drained();
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThanOrEqual(4);
  });

  it('are completed even if the check fails: the signer sweeps by itself anyway', async () => {
    trouble = new Error('out of reach');
    await insert('policy', [{ data: {} }]);
    queue = open();
    await drained();
    expect(looks).toBe(1);
  });

  it('are processed again once the queue’s tables can be used, and until then the signer reports it', async () => {
    await owner.query('BEGIN; LOCK TABLE pgboss.version, pgboss.queue, pgboss.job IN ACCESS EXCLUSIVE MODE');
    queue = open();
    await vi.waitFor(
      () =>
        expect(queue.health()).toMatchObject({
          state: 'degraded',
          detail: expect.stringMatching(/since .*lock timeout.*up to 5 s later/) as string,
        }),
      patience,
    );
    await owner.query('ROLLBACK');
    const id = randomUUID() as RequestId;
    await insert('signing', [{ data: { requestId: id } }]);
    await vi.waitFor(() => expect(asked).toEqual([id]), patience);
    expect(queue.health()).toMatchObject({ state: 'ok' });

    await owner.query('BEGIN; LOCK TABLE pgboss.job_common IN ACCESS EXCLUSIVE MODE');
    await vi.waitFor(() => expect(queue.health()).toMatchObject({ state: 'degraded' }), patience);
  });
});
