import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { openJobQueue } from '../../lib/platform/queue/index.ts';
import { followOnDemand } from './wake-policy.ts';

describe('jobs that ask for a look at the policy repository', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let boss: PgBoss;
  let looks: number;
  let trouble: Error | null;

  beforeEach(async () => {
    [looks, trouble] = [0, null];
    urls = await testDatabase();
    boss = new PgBoss({
      ...{ connectionString: urls.signer, max: 2, migrate: false, createSchema: false },
      ...{ supervise: false, schedule: false, registerInstance: false },
    });
    await boss.start();
    const refresh = () => {
      looks += 1;
      return trouble === null ? Promise.resolve() : Promise.reject(trouble);
    };
    await followOnDemand(boss, { follow: refresh, log: pino({ level: 'silent' }) });
  });
  afterEach(async () => {
    await boss.stop({ graceful: false });
    await urls.release();
  });

  const waiting = async (): Promise<number> => {
    await using client = Object.assign(new Client({ connectionString: urls.portal }), {
      [Symbol.asyncDispose]: () => client.end(),
    });
    await client.connect();
    const { rows } = await client.query<{ count: string }>(
      "SELECT count(*) FROM pgboss.job WHERE name = 'policy' AND state IN ('created', 'retry', 'active')",
    );
    return Number(rows[0]?.count);
  };
  const drained = () => vi.waitFor(async () => expect(await waiting()).toBe(0), 120_000);

  it('make the signer look when the portal asks', async () => {
    const queue = openJobQueue({ url: urls.portal });
    await queue.followPolicy();
    await vi.waitFor(() => expect(looks).toBe(1), 120_000);
    await queue.close();
    await drained();
  });

  it('cost few looks however many a compromised portal sends, and whatever they hold', async () => {
    const sent = Array.from({ length: 300 }, (_, index) => ({
      data: { commit: '0'.repeat(40), __proto__: index, url: 'https://elsewhere.example' },
      singletonKey: `key ${index}`,
    }));
    await boss.insert('policy', sent);
    await drained();
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThanOrEqual(4);
  });

  it('are done with when the look fails: the signer looks by itself anyway', async () => {
    trouble = new Error('out of reach');
    await boss.send('policy', {}, { singletonKey: 'follow' });
    await drained();
    expect(looks).toBe(1);
  });
});
