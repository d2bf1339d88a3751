import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { reportSync } from '../../policy-source/report-sync.ts';
import { keepWriting, openMeasures } from '../measures/index.ts';
import { reportHealth } from './index.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
beforeAll(async () => {
  urls = await testDatabase();
  database = openDatabase(urls.signer, () => undefined);
});
afterAll(async () => {
  await database.close();
  await urls.release();
});
afterEach(() => vi.useRealTimers());

const day = 24 * 3_600_000;

it.each([day, -day])(
  'what a signer tells of itself has the database’s time though its clock is off by %i ms, so that it doesn’t count as silent, or as alive for a day after its end',
  async (by) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + by });
    const log = { error: vi.fn(), warn: vi.fn() };
    const probe = {
      component: 'clock',
      probe: () => Promise.resolve({ state: 'down', detail: 'off' } as const),
    };
    const health = reportHealth({ database, signer: 'one' }, [probe], log);
    await health.stop();
    const writing = keepWriting({ measures: openMeasures(), database, signer: 'one', folders: {}, log });
    await writing.stop();
    await reportSync(database, 'one', {
      sync: 'Unknown',
      health: 'Degraded',
      accepted: null,
      observed: null,
      problem: null,
      reason: null,
      age: null,
    });
    for (const [table, column] of [
      ['signer_health', 'checked_at'],
      ['component_health', 'checked_at'],
      ['metrics', 'written_at'],
      ['policy_following', 'checked_at'],
    ])
      expect(
        await database.query(
          `SELECT abs(extract(epoch FROM ${column} - now())) < 60 AS near FROM signer.${table}`,
        ),
        table,
      ).toEqual([{ near: true }]);
    expect([log.error, log.warn].flatMap(({ mock }) => mock.calls)).toEqual([]);
  },
);
