import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addEntries, entryOf, findingOf, stepEntries } from '../../dev/seed/index.ts';
import { receivedFacts, releasedFacts } from '#core/wire/journal/examples.fixture.ts';
import { requestReceived, requestReleased } from '#core/wire/journal/index.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import { listPastRequests } from './index.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: ReturnType<typeof openDatabase>;
let owner: pg.Client;
const ids = Array.from(
  { length: 25 },
  (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
);
/** Of a journal of some 800 kB: two of them fill more than a page. */
const large = [ids[3], ids[4], ids[5]];

beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
  owner = new pg.Client({ connectionString: urls.owner });
  await owner.connect();
  for (const [index, id] of ids.entries()) {
    // Several at one time: the cursor tells them apart.
    await owner.query(
      `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at)
       VALUES ($1, 'completed', 'release', 1, 'x', '2026-11-01T00:00:00Z'::timestamptz + $2 * interval '1 minute')`,
      [id, Math.floor(index / 3)],
    );
    const findings = Array.from({ length: large.includes(id) ? 2_000 : 2 }, (_, at) =>
      findingOf('scan.file', at),
    );
    await addEntries(owner, id, [
      entryOf(requestReceived(receivedFacts)),
      ...stepEntries(1, 'scan', 'pass', findings),
      entryOf(requestReleased(releasedFacts)),
    ]);
  }
});
afterAll(async () => {
  await owner.end();
  await db.$disconnect();
  await urls.release();
});

const list = (limit: number, cursor?: string) =>
  listPastRequests({ ctx: { db, now: () => new Date() }, input: { limit, cursor } });

describe('past requests in pages', () => {
  it('are all listed once, the last decided first, and each page says how many are left', async () => {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(7, cursor);
      found.push(...page.requests.map((request) => request.id));
      expect(page.leftOut).toBe(ids.length - found.length);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(ids.toReversed());
  });

  it('end a page when its journal gets too large, but not before the first request', async () => {
    const { requests, next } = await list(100);
    expect(requests.map((request) => request.id)).toEqual(ids.slice(5).toReversed());
    const second = await list(100, next ?? '');
    expect(second.requests.map((request) => request.id)).toEqual([ids[4]]);
  });

  it('have at most a hundred on a page, and accept no cursor that was never issued', async () => {
    expect((await list(1_000_000)).requests.length).toBeLessThanOrEqual(100);
    await expect(list(5, 'x')).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });
});
