import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore, project } from '../retention/open-store.fixture.ts';
import { removalsOf } from './removals.ts';

let on: Awaited<ReturnType<typeof openStore>>;
beforeEach(async () => {
  on = await openStore({ retention: { deniedDays: 90 } });
});
afterEach(() => on.close());

const year = 365 * 24 * 3_600_000;
/** Each once, at a portal whose clock is that far ahead. */
const runAll = async (ahead: number): Promise<void> => {
  const now = (): Date => new Date(Date.now() + ahead);
  for (const { run } of removalsOf({ ...on.portal, now })) expect(await run()).toEqual([]);
};

it('a portal whose clock is ahead removes nothing that isn’t old', async () => {
  const young = await on.request({ daysAgo: 1 });
  const uploaded = await on.put(randomBytes(100));
  await on.portal.db.upload.create({
    data: { sha256: uploaded, owner: project, sizeBytes: 100n, at: new Date(), isStored: true },
  });
  await runAll(year);
  expect([await on.isThere(young.artifact), await on.isThere(uploaded)]).toEqual([true, true]);
});

it('what is old by both clocks goes, and by one alone it stays', async () => {
  const old = await on.request({ daysAgo: 100 });
  await runAll(-year);
  expect(await on.isThere(old.artifact)).toBe(true);
  await runAll(0);
  expect(await on.isThere(old.artifact)).toBe(false);
});
