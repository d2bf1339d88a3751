import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { parseRequestId } from '#core/ids/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { entriesOf } from '../../ground/journal/index.ts';
import { readState } from '../requests/index.ts';
import { Run } from '../run/index.ts';
import { leased } from '../turns/lease.fixture.ts';
import { endIfCancelled } from './cancelled.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let portal: pg.Client;
beforeAll(async () => {
  urls = await testDatabase();
  database = openDatabase(urls.signer, () => undefined);
  portal = new pg.Client({ connectionString: urls.portal });
  await portal.connect();
});
afterAll(async () => {
  await portal.end();
  await database.close();
  await urls.release();
});

it('a cancelled request ends, with who cancelled it and why, however long the portal makes that', async () => {
  const id = parseRequestId(randomUUID());
  const run = new Run({
    database,
    lease: await leased(database, id),
    pass: 2,
    attempt: 0,
    retry: { attemptsMax: 5, delaySeconds: 5, delaySecondsMax: 60 },
    now: () => new Date(),
  });
  await endIfCancelled({ database }, run, id);
  expect(await entriesOf(database, id)).toEqual([]);
  await portal.query(
    `INSERT INTO portal.cancellation (request_id, reason, cancelled_by, cancelled_at) VALUES ($1, $2, 'token:widget/ci', now())`,
    [id, `The wrong tag. ${'x'.repeat(2_000_000)}`],
  );
  await expect(endIfCancelled({ database }, run, id)).rejects.toMatchObject({ code: 'DENIED' });
  expect(await readState(database, id)).toMatchObject({ status: 'denied' });
  const text = (await entriesOf(database, id)).map(({ body }) => body).join('\n');
  expect(text).toContain('"rule":"received.cancelled"');
  expect(text).toContain('cancelled by token:widget/ci: The wrong tag.');
  expect(text.length).toBeLessThan(10_000);
});

it('the portal can’t take a cancellation back, or change it', async () => {
  for (const sql of ['DELETE FROM portal.cancellation', `UPDATE portal.cancellation SET reason = ''`])
    await expect(portal.query(sql)).rejects.toMatchObject({ code: '42501' });
});
