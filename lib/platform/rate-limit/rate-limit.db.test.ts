import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { patience } from '../../../dev/test/patience.ts';
import { openDatabase, type Database } from '../db/index.ts';
import { openRateLimit, removeEndedCounts } from './index.ts';
import { countInDatabase, openSharedCounts } from './shared-counts.ts';

describe('limits of several portals on one database', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let owner: Client;
  let one: Database;
  let two: Database;
  beforeEach(async () => {
    urls = await testDatabase();
    owner = new Client({ connectionString: urls.owner });
    await owner.connect();
    [one, two] = [openDatabase({ url: urls.portal }), openDatabase({ url: urls.portal })];
  });
  afterEach(async () => {
    await one.$disconnect();
    await two.$disconnect();
    await owner.end();
    await urls.release();
  });

  /** As each portal opens it for itself; waits for as long as a loaded machine takes. */
  const limitOf = (db: Database, points: number, seconds = 3600) => {
    const counts = openSharedCounts((keys) => countInDatabase(db, keys), {
      answersWithin: patience.timeout,
    });
    const limit = openRateLimit({ name: 'test', points, seconds }, () => counts);
    return (key: string) =>
      limit.count(db, key).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'TOO_OFTEN' });
          return false;
        },
      );
  };
  const rows = async () =>
    (await owner.query<{ count: number }>('SELECT count FROM portal.rate_count ORDER BY ends_at')).rows;

  it('are one limit, exact also for those who ask both at the same moment', async () => {
    const portals = [limitOf(one, 50), limitOf(two, 50)];
    const asked = Array.from({ length: 100 }, () => portals.map((ask) => ask('flood'))).flat();
    const others = ['a', 'b', 'c'].flatMap((key) => portals.map((ask) => ask(key)));
    expect((await Promise.all(asked)).filter((isAllowed) => isAllowed)).toHaveLength(50);
    expect(await Promise.all(others)).toEqual(Array(6).fill(true));
    expect(await rows()).toHaveLength(4);
  });

  it('begin anew once the window is over, by the database’s clock', async () => {
    const [first, second] = [limitOf(one, 1), limitOf(two, 1)];
    expect([await first('a'), await second('a')]).toEqual([true, false]);
    await owner.query(`UPDATE portal.rate_count SET ends_at = now() - interval '1 millisecond'`);
    expect(await limitOf(one, 1)('a')).toBe(true);
    expect(await rows()).toEqual([{ count: 1 }]);
  });

  it('begin anew, too, where a window ends later than any can: the database’s clock was ahead as it began', async () => {
    const [first, second] = [limitOf(one, 1), limitOf(two, 1)];
    expect([await first('a'), await second('a')]).toEqual([true, false]);
    await owner.query(`UPDATE portal.rate_count SET ends_at = now() + interval '1 year'`);
    expect(await limitOf(one, 1)('a')).toBe(true);
    expect(await limitOf(two, 1)('a')).toBe(false);
    expect(await rows()).toEqual([{ count: 2 }]);
  });

  it('leave no row behind once their window is over, and never more rows than a bound', async () => {
    const keys = Array.from({ length: 12 }, (_, index) => ({
      key: `k${index}`,
      seconds: 60 + index,
      more: 1,
    }));
    await countInDatabase(one, keys);
    await owner.query(
      `UPDATE portal.rate_count SET ends_at = now() - interval '1 second' WHERE key IN ('k3', 'k4', 'k5')`,
    );
    expect(await removeEndedCounts({ db: one }, { most: 100, batch: 2 })).toBe(3);
    expect(await rows()).toHaveLength(9);
    await removeEndedCounts({ db: one }, { most: 4, batch: 2 });
    const { rows: left } = await owner.query<{ key: string }>(
      'SELECT key FROM portal.rate_count ORDER BY ends_at',
    );
    expect(left.map(({ key }) => key)).toEqual(['k8', 'k9', 'k10', 'k11']);
  });
});
