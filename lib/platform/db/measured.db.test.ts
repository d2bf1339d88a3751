import { expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { newWork, withRequest } from '../http/index.ts';
import { openDatabase } from './index.ts';

it('counts what a request asks of PostgreSQL, in transactions too, for that request alone', async () => {
  const urls = await testDatabase();
  const db = openDatabase({ url: urls.portal });
  try {
    const asking = (work: ReturnType<typeof newWork>, ask: () => Promise<unknown>) =>
      withRequest({ id: 'x', outcome: null, outage: false, action: 'none', work }, ask);
    const [one, other, none] = [newWork(), newWork(), newWork()];
    await Promise.all([
      asking(one, async () => {
        await db.$queryRaw`SELECT pg_sleep(0.05)::text`;
        await db.signingRequest.findMany({ take: 1 });
      }),
      asking(other, () =>
        db.$transaction(async (transaction) => {
          await transaction.$queryRaw`SELECT pg_sleep(0.02)::text`;
          await transaction.$executeRaw`UPDATE portal.upload SET sha256 = NULL WHERE false`;
        }),
      ),
      asking(none, () => Promise.resolve()),
    ]);
    await db.signingRequest.findMany({ take: 1 });
    expect(one.statements).toBe(2);
    expect(one.databaseMs).toBeGreaterThan(45);
    // Begin, two statements, commit.
    expect(other.statements).toBe(4);
    expect(other.databaseMs).toBeGreaterThan(18);
    expect(none).toEqual(newWork());
  } finally {
    await db.$disconnect();
    await urls.release();
  }
});
