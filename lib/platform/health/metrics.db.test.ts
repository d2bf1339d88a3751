import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { openDatabase, type Database } from '../db/index.ts';
import type { Portal } from '../portal/index.ts';
import { exposeMetrics } from './index.ts';

const now = new Date('2026-11-28T12:00:00Z');
let urls: Awaited<ReturnType<typeof testDatabase>>;
let signer: pg.Client;
let db: Database;
beforeEach(async () => {
  urls = await testDatabase();
  signer = new pg.Client({ connectionString: urls.signer });
  await signer.connect();
  db = openDatabase({ url: urls.portal });
});
afterEach(async () => {
  await db.$disconnect();
  await signer.end();
  await urls.release();
});

const ask = async (): Promise<readonly string[]> => {
  const store = { checkWritable: () => Promise.resolve() };
  const released = { checkReadable: () => Promise.resolve() };
  const portal = { db, store, released, config: {}, now: () => now } as unknown as Portal;
  return (await exposeMetrics(portal)).text.split('\n');
};
const reports = (component: string, measures: unknown, secondsAgo = 5, { by = 'one', state = 'ok' } = {}) =>
  signer.query(
    `INSERT INTO signer.signer_health (signer_id, component, state, detail, measures, checked_at) VALUES ($4, $1, $5, '', $2, $3)`,
    [component, JSON.stringify(measures), new Date(now.getTime() - secondsAgo * 1000), by, state],
  );

it('the signer’s measurements become metrics, those of steps by step; what it no longer reports is absent', async () => {
  await reports('requests', {
    due: 3,
    open_scan: 2,
    open_approval: 1,
    oldest_scan_timestamp_seconds: 1_795_000_000,
  });
  await reports('signer', { places: 4 }, 3600);
  const lines = await ask();
  expect(lines).toContain('countersign_requests_due{signer="one"} 3');
  expect(lines).toContain('countersign_requests_open{step="scan",signer="one"} 2');
  expect(lines).toContain('countersign_requests_open{step="approval",signer="one"} 1');
  expect(lines).toContain(
    'countersign_requests_oldest_timestamp_seconds{step="scan",signer="one"} 1795000000',
  );
  expect(lines.filter((line) => line.startsWith('countersign_signer_places'))).toEqual([]);
});

it('finished requests count for an hour, open ones for as long as they are open', async () => {
  const state = (status: string, hoursAgo: number) =>
    signer.query(
      `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at)
       VALUES ($1, $2, 'release', 1, '', $3)`,
      [randomUUID(), status, new Date(now.getTime() - hoursAgo * 3_600_000)],
    );
  for (const hoursAgo of [0.5, 0.9, 2]) await state('completed', hoursAgo);
  for (const hoursAgo of [0.5, 200]) await state('waiting-for-approval', hoursAgo);
  const lines = await ask();
  expect(lines).toContain('countersign_signing_requests_ended_last_hour{status="completed"} 2');
  expect(lines).toContain('countersign_signing_requests_ended_last_hour{status="denied"} 0');
  expect(lines).toContain('countersign_signing_requests_open{status="waiting-for-approval"} 2');
});

it('what one signer wrote that can’t be read, or is too much, is counted and takes nothing from the others', async () => {
  const wrote = (by: string, metrics: unknown) =>
    signer.query(`INSERT INTO signer.metrics (signer_id, metrics, written_at) VALUES ($1, $2, $3)`, [
      by,
      JSON.stringify(metrics),
      now,
    ]);
  const metric = (labels: object, help = 'Places') => [
    { name: 'countersign_signer_places', help, type: 'gauge', values: [{ value: 4, labels }] },
  ];
  const unreadable = (lines: readonly string[]) =>
    Number(lines.find((line) => line.startsWith('countersign_metrics_unreadable '))?.split(' ')[1]);
  const before = unreadable(await ask());
  await wrote('one', metric({ kind: 'a"b\\c\nd' }));
  await wrote('odd', [{ name: 'countersign_policy_sync', help: '', type: 'gauge', values: [] }]);
  await wrote('vast', metric({ kind: 'x' }, 'x'.repeat(2_000_000)));
  await reports('requests', { due: 3 });
  await reports('clock', { drift: 'much' }, 5, { by: 'odd' });
  const lines = await ask();
  expect(lines.filter((line) => line.startsWith('countersign_signer_places'))).toEqual([
    String.raw`countersign_signer_places{kind="a\"b\\c\nd",signer="one"} 4`,
  ]);
  expect(lines).toContain('countersign_requests_due{signer="one"} 3');
  expect(unreadable(lines)).toBe(before + 3);
});
