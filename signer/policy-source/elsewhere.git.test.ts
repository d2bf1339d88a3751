/** What one signer does about a policy that another one on the same database has accepted. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import { comment, followedRepository, type FollowedRepository } from './followed-repository.fixture.ts';
import type { PolicySource } from './index.ts';

describe('a signer among others', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let followed: FollowedRepository;
  let one: PolicySource;
  let two: PolicySource;
  beforeEach(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
    followed = await followedRepository(database);
    [one, two] = [followed.open('one'), followed.open('two')];
    await one.refresh();
    await two.refresh();
  });
  afterEach(async () => {
    await followed.release();
    await database.close();
    await urls.release();
  });
  const signed = () => followed.accepted(comment, 'demo-maintainer');
  const behind = { code: 'POLICY_UNAVAILABLE', message: expect.stringContaining('another signer') as string };
  const recorded = (commit: string) =>
    database.query(
      `INSERT INTO signer.accepted_snapshot (commit, parent, signers, accepted_at) VALUES ($1, $2, '{}', now())`,
      [commit, followed.seeded.initialCommit],
    );

  it('is behind once another has accepted a newer policy, until it has, by its own rules', async () => {
    await expect(two.checkNotBehind()).resolves.toBeUndefined();
    const commit = await signed();
    await one.refresh();
    await expect(one.checkNotBehind()).resolves.toBeUndefined();
    await expect(two.checkNotBehind()).rejects.toMatchObject(behind);
    expect((await two.refresh()).commit).toBe(commit);
    await expect(two.checkNotBehind()).resolves.toBeUndefined();
  });

  it('takes nobody’s word: what only the database has as accepted stays refused, and the signer behind', async () => {
    const unsigned = await followed.commit(comment);
    await recorded(unsigned);
    expect((await two.refresh()).commit).toBe(followed.seeded.initialCommit);
    await expect(two.checkNotBehind()).rejects.toMatchObject(behind);
    await expect(two.checkNotBehind()).rejects.toThrow(/signed this commit|signature/);
  });

  it('follows as far as another did, where the newest commit isn’t signed', async () => {
    const commit = await signed();
    await one.refresh();
    const unsigned = await followed.commit(comment);
    expect((await two.refresh()).commit).toBe(commit);
    expect(two.status()).toMatchObject({ sync: 'OutOfSync', problem: 'unsigned', observed: unsigned });
    await expect(two.checkNotBehind()).resolves.toBeUndefined();
  });

  it('judges each commit on the way: one that only the database has accepted is passed over', async () => {
    await recorded(await followed.commit(comment));
    await followed.commit(comment);
    expect((await two.refresh()).commit).toBe(followed.seeded.initialCommit);
  });

  it('isn’t behind for a commit that was recorded late and is older than its own', async () => {
    const older = await signed();
    const newer = await signed();
    expect((await two.refresh()).commit).toBe(newer);
    await recorded(older);
    await expect(two.checkNotBehind()).resolves.toBeUndefined();
  });

  it('reports in a row of its own', async () => {
    await signed();
    await one.refresh();
    const rows = await database.query('SELECT signer_id, accepted FROM signer.policy_following ORDER BY 1');
    expect(rows).toEqual([
      { signer_id: 'one', accepted: one.status().accepted },
      { signer_id: 'two', accepted: followed.seeded.initialCommit },
    ]);
  });
});
