import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { openDatabase, type Database } from '../db/index.ts';
import { readPolicySync } from './index.ts';

const at = new Date('2026-11-26T12:00:00Z');
const commit = 'a'.repeat(40);

describe('the portal’s view of the signer’s policy state', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let db: Database;
  let signer: Client;
  beforeAll(async () => {
    urls = await testDatabase();
    db = openDatabase({ url: urls.portal });
    signer = new Client({ connectionString: urls.signer });
    await signer.connect();
  });
  afterAll(async () => {
    await signer.end();
    await db.$disconnect();
    await urls.release();
  });
  const say = (sync: string, health: string, problem: string | null, { by = 'one', later = 0 } = {}) =>
    signer.query(
      `INSERT INTO signer.policy_following (signer_id, sync, health, accepted, observed, reason, problem, checked_at)
       VALUES ($6, $1, $2, $3, $3, CASE WHEN $1 = 'Synced' AND $4::text IS NULL THEN NULL ELSE 'why' END, $4, $5)
       ON CONFLICT (signer_id) DO UPDATE SET sync = $1, health = $2, problem = $4, checked_at = $5, reason = excluded.reason`,
      [sync, health, commit, problem, new Date(at.getTime() + later * 1000), by],
    );
  const read = (secondsLater: number) =>
    readPolicySync({ db, now: () => new Date(at.getTime() + secondsLater * 1000) });

  beforeEach(() => say('OutOfSync', 'Degraded', 'rewritten'));

  it('shows it as reported', async () => {
    expect(await read(5)).toMatchObject({
      sync: 'OutOfSync',
      health: 'Degraded',
      problem: 'rewritten',
      reason: 'why',
    });
  });

  it('calls it unknown once the signer has been silent', async () => {
    await say('Synced', 'Healthy', null);
    expect(await read(61)).toMatchObject({
      sync: 'Unknown',
      health: 'Degraded',
      problem: 'silent',
      accepted: commit,
    });
  });

  it('does not end the alarm over a rewritten history when the signer falls silent', async () => {
    expect(await read(61)).toMatchObject({ problem: 'rewritten', sync: 'OutOfSync', health: 'Degraded' });
    expect((await read(61)).reason).toMatch(/^why .* for 61 seconds/);
  });

  it('does not end the alarm over an old policy either, and knows its date', async () => {
    await say('Synced', 'Degraded', 'stale');
    const dates = ['2026-10-01T00:00:00Z', '2026-10-31T00:00:00Z'].map((text) => new Date(text));
    await signer.query('UPDATE signer.policy_following SET dated_at = $1, alarm_at = $2', dates);
    expect(await read(61)).toMatchObject({ problem: 'stale', health: 'Degraded', sync: 'Synced' });
    expect(await read(61)).toMatchObject({ datedAt: dates[0], alarmAt: dates[1], stopAt: null });
  });

  it('shows of several signers the one that needs somebody to act, by its name', async () => {
    await say('Synced', 'Healthy', null);
    await say('Unknown', 'Degraded', 'unreachable', { by: 'two' });
    expect(await read(5)).toMatchObject({ problem: 'unreachable', reason: 'Signer two: why' });
    // It fell silent: the other one knows.
    await say('Synced', 'Healthy', null, { later: 100 });
    expect(await read(105)).toMatchObject({ sync: 'Synced', health: 'Healthy', reason: null });
    // What it saw of the history doesn't end with it, unless it was stopped on purpose.
    await say('OutOfSync', 'Degraded', 'rewritten', { by: 'two' });
    expect(await read(105)).toMatchObject({ problem: 'rewritten', health: 'Degraded' });
    await signer.query(
      `INSERT INTO signer.presence (signer_id, run, started_at, seen_at, journal_seq, stops, stopped_at)
       VALUES ('two', gen_random_uuid(), now(), now(), 0, '[]', now())`,
    );
    expect(await read(105)).toMatchObject({ sync: 'Synced', problem: null });
    await signer.query(`UPDATE signer.presence SET stopped_at = NULL`);
    await say('Synced', 'Healthy', null, { by: 'two', later: -1000 });
  });

  it('calls it unknown before the signer has checked', async () => {
    await using other = await testDatabase();
    const empty = openDatabase({ url: other.portal });
    expect(await readPolicySync({ db: empty, now: () => at })).toMatchObject({
      sync: 'Unknown',
      checkedAt: null,
    });
    await empty.$disconnect();
  });

  it('accepts no unknown state', async () => {
    await say('Perfect', 'Healthy', null);
    await expect(read(1)).rejects.toThrow();
  });

  it('can’t be written by the portal itself', async () => {
    const write = db.policyFollowing.update({ where: { signerId: 'one' }, data: { sync: 'Synced' } });
    await expect(write).rejects.toThrow(/permission denied/);
  });
});
