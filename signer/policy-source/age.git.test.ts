import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { git } from '../../dev/git-host/index.ts';
import { runCommand } from '../../dev/stack/index.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { Unavailable } from '../ground/availability/index.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import { comment, followedRepository, type FollowedRepository } from './followed-repository.fixture.ts';
import type { PolicySource } from './index.ts';

const day = 86_400_000;

describe('the date of the policy in force', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let followed: FollowedRepository;
  let source: PolicySource;
  let first: string;
  let begin: number;

  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
  });
  afterAll(async () => {
    await database.close();
    await urls.release();
  });
  beforeEach(async () => {
    begin = Date.now();
    followed = await followedRepository(database);
    source = followed.open('signer');
    first = (await source.refresh()).commit;
  });
  afterEach(() => followed.release());

  const inForce = async () => (await source.refresh()).commit;
  const after = (days: number) => {
    followed.setTime(new Date(begin + days * day));
    return new Date(begin + days * day);
  };
  const row = async () => (await database.query('SELECT * FROM signer.policy_sync'))[0];
  const limits = (text: string) => async (tree: string) => {
    const file = path.join(tree, 'foundation.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('alarmDays: 30', text));
  };
  /** A commit that changes nothing but the date. */
  const confirm = async (at: Date) => {
    const { repository } = followed.seeded;
    const env = { GIT_AUTHOR_DATE: at.toISOString(), GIT_COMMITTER_DATE: at.toISOString() };
    const identity = { GIT_AUTHOR_NAME: 'P', GIT_AUTHOR_EMAIL: '0@people.countersign.invalid' };
    const committer = { GIT_COMMITTER_NAME: 'P', GIT_COMMITTER_EMAIL: '0@people.countersign.invalid' };
    const command = 'git commit-tree "main^{tree}" -p main -m Confirm';
    const head = (
      await runCommand('sh', ['-c', command], {
        cwd: repository,
        env: { ...process.env, ...env, ...identity, ...committer },
      })
    ).trim();
    await git(repository, 'update-ref', 'refs/heads/main', head);
    return head;
  };

  it('raises the alarm once it is older than the foundation allows, though the host shows nothing newer', async () => {
    after(29.9);
    await inForce();
    expect(source.status()).toMatchObject({ sync: 'Synced', health: 'Healthy', problem: null });
    after(30.1);
    await inForce();
    expect(source.status()).toMatchObject({ sync: 'Synced', health: 'Degraded', problem: 'stale' });
    expect(source.status().reason).toContain('may be withholding newer ones');
    expect(await row()).toMatchObject({ health: 'Degraded', problem: 'stale' });
    const { dated_at: datedAt, alarm_at: alarmAt } = (await row()) as { dated_at: Date; alarm_at: Date };
    expect(alarmAt.getTime() - datedAt.getTime()).toBe(30 * day);
    // Signing goes on: the foundation has not asked for more.
    expect(() => source.checkFresh()).not.toThrow();
  });

  it('keeps raising it while the host is unreachable, or offers only unsigned commits', async () => {
    after(31);
    const lost = followed.open('signer', path.join(followed.folder, 'nowhere.git'));
    await expect(lost.refresh()).rejects.toBeInstanceOf(Unavailable);
    expect(lost.status()).toMatchObject({ health: 'Degraded', problem: 'unreachable' });
    expect(lost.status().reason).toContain('older than the foundation allows');
    await followed.commit(comment);
    await inForce();
    expect(source.status()).toMatchObject({ sync: 'OutOfSync', health: 'Degraded', problem: 'stale' });
    expect(source.status().reason).toContain('0 of 1 policy maintainers signed');
  });

  it('is renewed by a commit that changes nothing, once a policy maintainer has signed it', async () => {
    const now = after(31);
    await inForce();
    const head = await confirm(now);
    await inForce();
    expect(source.status()).toMatchObject({ problem: 'stale' });
    await followed.coSign('demo-maintainer', head);
    expect(await inForce()).toBe(head);
    expect(source.status()).toMatchObject({ sync: 'Synced', health: 'Healthy', reason: null });
  });

  it('stops signing if the foundation wants that, and continues once it is renewed', async () => {
    await followed.accepted(limits('alarmDays: 10\n  stopDays: 20'), 'demo-maintainer');
    await inForce();
    after(19.9);
    expect(() => source.checkFresh()).not.toThrow();
    const now = after(20.1);
    await inForce();
    expect(() => source.checkFresh()).toThrow(Unavailable);
    expect(source.status().reason).toContain('Nothing is signed until then');
    // After a restart, too, before the host is asked.
    const restarted = followed.open('signer', path.join(followed.folder, 'nowhere.git'));
    await restarted.refresh().catch(() => undefined);
    expect(() => restarted.checkFresh()).toThrow(Unavailable);
    await followed.coSign('demo-reviewer', await confirm(now));
    await inForce();
    expect(() => source.checkFresh()).not.toThrow();
  });

  it('can’t be in the future, or before the policy it follows', async () => {
    const approver = followed.by('demo-approver');
    const early = await followed.commit(comment, { ...approver, at: new Date(begin + day) });
    await followed.coSign('demo-maintainer', early);
    expect(await inForce()).toBe(first);
    expect(source.status()).toMatchObject({ problem: 'invalid', health: 'Degraded' });
    expect(source.status().reason).toContain('in the future');
    // Then it is as good as any.
    after(1.1);
    expect(await inForce()).toBe(early);
    const late = await followed.commit(comment, { ...approver, at: new Date(begin) });
    await followed.coSign('demo-maintainer', late);
    expect(await inForce()).toBe(early);
    expect(source.status().reason).toContain('before the policy in force');
  });
});
