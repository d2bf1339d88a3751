import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { openDatabase, type Database } from '../db/index.ts';
import type { Portal } from '../portal/index.ts';
import { checkReadiness } from './index.ts';
import { clockState } from './portal-clock.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: Database;
beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
});
afterAll(async () => {
  await db.$disconnect();
  await urls.release();
});

const day = 24 * 3_600_000;
const at = (offset: number) => ({ db, now: () => new Date(Date.now() + offset) });

describe('a portal’s clock', () => {
  it('is told of where it differs from the database’s, with the side and by how much, and else not', async () => {
    expect(await clockState(at(0))).toEqual([]);
    expect(await clockState(at(-30_000))).toEqual([]);
    expect(await clockState(at(day))).toMatchObject([
      {
        state: 'down',
        detail: expect.stringMatching(/^this website’s clock is 8\d{4} s ahead of/) as unknown,
      },
    ]);
    expect(await clockState(at(-day))).toMatchObject([
      { state: 'down', detail: expect.stringMatching(/^this website’s clock is 8\d{4} s behind/) as unknown },
    ]);
  });

  it('that is wrong makes the portal not ready', async () => {
    const buildKeys = { states: () => [] };
    const portal = { ...at(day), config: {}, buildKeys } as unknown as Portal;
    const { components } = await checkReadiness(portal);
    expect(components).toContainEqual(expect.objectContaining({ component: 'portal-clock', state: 'down' }));
  });
});
