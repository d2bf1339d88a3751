import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import { countBefore } from './count.ts';
import { countRequests, requestStatuses } from './index.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let owner: pg.Client;
let db: ReturnType<typeof openDatabase>;
let clock = new Date('2026-11-20T12:00:00Z');
const ctx = () => ({ db, now: () => clock });
beforeAll(async () => {
  urls = await testDatabase();
  owner = new pg.Client({ connectionString: urls.owner });
  await owner.connect();
  db = openDatabase({ url: urls.portal });
});
afterAll(async () => {
  await owner.end();
  await db.$disconnect();
  await urls.release();
});

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const put = (number: number, status: string, at: string): Promise<unknown> =>
  owner.query(
    `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at) VALUES ($1, $2, 'scan', 1, 'x', $3)
         ON CONFLICT (request_id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at`,
    [idOf(number), status, at],
  );

/** By counting everything. */
async function everything(): Promise<Readonly<Record<string, number>>> {
  const { rows } = await owner.query<{ status: string; count: string }>(
    'SELECT status, count(*) FROM signer.request_state GROUP BY status',
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
}

async function allBefore(): Promise<void> {
  const { rows } = await owner.query<{ id: string; at: Date; before: string }>(
    `SELECT request_id::text AS id, updated_at AS at,
            row_number() OVER (ORDER BY updated_at, request_id) - 1 AS before FROM signer.request_state`,
  );
  for (const { id, at, before } of rows)
    expect([id, await countBefore(ctx(), { updatedAt: at, id })]).toEqual([id, Number(before)]);
}

it('says how many requests stand where, and came before each, as days pass and requests move on', async () => {
  let number = 0;
  for (const day of ['2026-10-02', '2026-11-18', '2026-11-19', '2026-11-20'])
    for (const status of requestStatuses)
      for (const time of ['00:00:00.000', '09:30:00.001', '23:59:59.999'])
        if (!(day === '2026-11-20' && time > '12')) await put((number += 1), status, `${day}T${time}Z`);
  expect(Object.fromEntries(await countRequests({ ctx: ctx() }))).toEqual(await everything());
  await allBefore();

  // What is open moves on, also what came before all that is settled; what comes late has a time of its own day.
  const { rows } = await owner.query<{ id: string }>(
    `SELECT request_id::text AS id FROM signer.request_state WHERE status = 'waiting-for-approval' ORDER BY updated_at LIMIT 4`,
  );
  for (const { id } of rows) await put(Number(id.slice(-12)), 'completed', '2026-11-20T12:00:00Z');
  await put((number += 1), 'denied', '2026-11-20T11:59:00Z');
  for (const now of [
    '2026-11-20T12:01:00Z',
    '2026-11-21T00:05:00Z',
    '2026-11-21T00:15:00Z',
    '2026-11-30T00:00:00Z',
  ]) {
    clock = new Date(now);
    await put((number += 1), 'failed', new Date(clock.getTime() - 60_000).toISOString());
    expect(Object.fromEntries(await countRequests({ ctx: ctx() }))).toEqual(await everything());
    await allBefore();
  }
});

it('counts days that are over once', async () => {
  clock = new Date('2026-12-05T12:00:00Z');
  await countRequests({ ctx: ctx() });
  const before = await everything();
  // Nothing does this: it shows that nobody looks.
  await put(999_999, 'denied', '2026-10-02T10:00:00Z');
  expect((await countRequests({ ctx: ctx() })).get('denied')).toBe(before['denied']);
  // Once a week everything is counted again.
  clock = new Date('2026-12-13T12:00:00Z');
  expect((await countRequests({ ctx: ctx() })).get('denied')).toBe((before['denied'] ?? 0) + 1);
});
