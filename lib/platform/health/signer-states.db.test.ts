import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { openDatabase, type Database } from '../db/index.ts';
import { canSign, readSignerParts } from './signer-states.ts';

const now = new Date('2026-11-28T12:00:00Z');
let urls: Awaited<ReturnType<typeof testDatabase>>;
let signer: pg.Client;
let owner: pg.Client;
let db: Database;
beforeAll(async () => {
  urls = await testDatabase();
  [signer, owner] = [urls.signer, urls.owner].map(
    (connectionString) => new pg.Client({ connectionString }),
  ) as [pg.Client, pg.Client];
  await Promise.all([signer.connect(), owner.connect()]);
  db = openDatabase({ url: urls.portal });
});
beforeEach(() => owner.query('TRUNCATE signer.signer_health, signer.presence'));
afterAll(async () => {
  await db.$disconnect();
  await Promise.all([signer.end(), owner.end()]);
  await urls.release();
});

const reports = (by: string, component: string, state: string, secondsAgo = 5) =>
  signer.query(
    `INSERT INTO signer.signer_health (signer_id, component, state, detail, checked_at) VALUES ($1, $2, $3, '', $4)`,
    [by, component, state, new Date(now.getTime() - secondsAgo * 1000)],
  );
const stopped = (name: string) =>
  signer.query(
    `INSERT INTO signer.presence (signer_id, run, started_at, seen_at, journal_seq, stops, stopped_at)
     VALUES ($1, gen_random_uuid(), now(), now(), 0, '[]', now())`,
    [name],
  );
/** → whether a signer can sign, and what they report. */
async function ask() {
  const signers = await readSignerParts({ db, now: () => now });
  const parts = signers.flatMap((one) => one.parts);
  return {
    ready: signers.some(canSign),
    parts: parts.map(({ component, signer: by, state }) => [by, component, state]),
  };
}

it('one signer that is down is enough to be down, and enough to be up where another one is', async () => {
  await reports('one', 'signer', 'ok');
  await reports('one', 'scanner', 'down');
  expect(await ask()).toMatchObject({
    ready: false,
    parts: [
      ['one', 'scanner', 'down'],
      ['one', 'signer', 'ok'],
    ],
  });
  await reports('two', 'signer', 'ok');
  await reports('two', 'scanner', 'degraded');
  const { ready, parts } = await ask();
  expect([ready, parts.length]).toEqual([true, 4]);
});

it('parts that are up at different signers make none that signs', async () => {
  await reports('one', 'signer', 'ok');
  await reports('one', 'scanner', 'down');
  await reports('two', 'keyholder', 'down');
  await reports('two', 'scanner', 'ok');
  expect((await ask()).ready).toBe(false);
});

it('a signer that is silent is down by its name; one that was stopped on purpose is no part any more', async () => {
  await reports('one', 'signer', 'ok');
  await reports('two', 'signer', 'ok', 3600);
  await reports('two', 'scanner', 'ok', 3600);
  expect((await ask()).parts).toEqual([
    ['one', 'signer', 'ok'],
    ['two', 'signer', 'down'],
  ]);
  await stopped('two');
  expect((await ask()).parts).toEqual([['one', 'signer', 'ok']]);
  await stopped('one');
  expect(await ask()).toEqual({ ready: false, parts: [] });
});
