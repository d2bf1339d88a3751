import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { openDatabase, type Database } from '../db/index.ts';
import { readSigners } from './index.ts';

let urls: Awaited<ReturnType<typeof testDatabase>>;
let db: Database;
let signer: pg.Client;

beforeAll(async () => {
  urls = await testDatabase();
  db = openDatabase({ url: urls.portal });
  signer = new pg.Client({ connectionString: urls.signer });
  await signer.connect();
});
afterAll(async () => {
  await signer.end();
  await db.$disconnect();
  await urls.release();
});
beforeEach(() => reset());

const at = '2026-11-28T08:00:00.000Z';
const stop = (digit: string, seq: string | null, given = 'word') => ({
  digest: digit.repeat(64),
  seq,
  project: 'widget',
  reason: 'Malware.',
  at,
  by: 'somebody',
  given,
  doubt: null,
  confirmedAt: at,
});
async function reset(): Promise<void> {
  await signer.query(`UPDATE signer.presence SET seen_at = now() - interval '2 months'`);
}
async function reported(name: string, journalSeq: number, stops: readonly unknown[], age = '0 s') {
  await signer.query(
    `INSERT INTO signer.presence VALUES ($1, $2, now(), now() - $5::interval, $3, $4)
     ON CONFLICT (signer_id) DO UPDATE SET seen_at = EXCLUDED.seen_at, journal_seq = $3, stops = $4`,
    [name, randomUUID(), journalSeq, JSON.stringify(stops), age],
  );
}

it('lists for each stop which signers have confirmed it, which are awaited, and which have already lifted it', async () => {
  await reported('a', 7, [stop('1', '5'), stop('2', null, 'host a')]);
  await reported('b', 7, []);
  await reported('c', 4, []);
  await reported('d', 4, [], '1 hour');
  const { signers, stops } = await readSigners({ db });
  expect(signers.map((workingSigner) => [workingSigner.name, workingSigner.works])).toEqual([
    ['a', true],
    ['b', true],
    ['c', true],
    ['d', false],
  ]);
  expect(stops).toMatchObject([
    { givenOn: null, confirmed: [{ signer: 'a' }], awaited: ['c'], liftedAt: ['b'] },
    { givenOn: 'a', confirmed: [{ signer: 'a' }], awaited: ['b', 'c'], liftedAt: [] },
  ]);
});

it('counts a stop that only a silent signer has; forgets no signer for a month', async () => {
  await reported('a', 7, []);
  await reported('d', 4, [stop('1', '4')], '20 days');
  expect((await readSigners({ db })).stops).toMatchObject([{ confirmed: [{ signer: 'd' }] }]);
  await reset();
  expect(await readSigners({ db })).toEqual({ signers: [], stops: [] });
});

it('fails on a malformed row rather than omitting a stop', async () => {
  await reported('a', 7, [{ digest: 'x' }]);
  await expect(readSigners({ db })).rejects.toThrow();
});

it('names signers that lack a revocation, are behind or were stopped on purpose', async () => {
  await signer.query(
    `INSERT INTO signer.journal (seq, at, kind, body, previous_hash, entry_hash)
     VALUES (5, now(), 'certificate.revoked', '{}', repeat('0', 64), repeat('1', 64))`,
  );
  const commit = 'c'.repeat(40);
  for (const [name, seq, behind, stopped] of [
    ['a', 5, null, false],
    ['b', 4, 'another signer has accepted a policy', false],
    ['c', 4, null, true],
  ] as const) {
    await reported(name, 0, []);
    await signer.query(
      `UPDATE signer.presence SET version = '1.2.3', policy_commit = $2, behind = $3, revocations = 7, revocations_seq = $4,
         stopped_at = CASE WHEN $5 THEN now() END WHERE signer_id = $1`,
      [name, commit, behind, seq, stopped],
    );
  }
  const { signers } = await readSigners({ db });
  expect(signers).toMatchObject([
    { name: 'a', works: true, lacksRevocations: false, behind: null, version: '1.2.3', policyCommit: commit },
    { name: 'b', works: true, lacksRevocations: true, behind: 'another signer has accepted a policy' },
    { name: 'c', works: false, lacksRevocations: false, stoppedAt: expect.any(Date) as Date },
  ]);
});
