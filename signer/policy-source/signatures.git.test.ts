import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { git } from '../../dev/git-host/index.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import {
  comment,
  followedRepository,
  releasePolicy,
  type FollowedRepository,
} from './followed-repository.fixture.ts';
import type { PolicySource } from './index.ts';

const host = { name: 'The host', email: 'host@countersign.example' };

describe('the signatures that the signer requires', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let followed: FollowedRepository;
  let source: PolicySource;
  let first: string;

  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
  });
  afterAll(async () => {
    await database.close();
    await urls.release();
  });
  beforeEach(async () => {
    followed = await followedRepository(database);
    source = followed.open('signer');
    first = (await source.refresh()).commit;
  });
  afterEach(() => followed.release());

  const replace = (file: string, from: string, to: string) => async (tree: string) => {
    const text = await readFile(path.join(tree, file), 'utf8');
    expect(text).toContain(from);
    await writeFile(path.join(tree, file), text.replace(from, to));
  };
  const loosen = replace(releasePolicy, 'branches: [main]', 'branches: [main, next]');
  const tighten = replace(releasePolicy, "\n    tags: ['v*']", '');
  const inForce = async (): Promise<string> => (await source.refresh()).commit;
  const row = async () => (await database.query('SELECT * FROM signer.policy_sync'))[0];

  it('one for a change that tightens', async () => {
    const head = await followed.accepted(tighten, 'demo-maintainer');
    expect(await inForce()).toBe(head);
  });

  it('two for a change that loosens, and it says which lines loosen and how many are missing', async () => {
    const head = await followed.accepted(loosen, 'demo-maintainer');
    expect(await inForce()).toBe(first);
    expect(source.status()).toMatchObject({
      sync: 'OutOfSync',
      health: 'Healthy',
      problem: 'unsigned',
      observed: head,
    });
    expect(source.status().reason).toMatch(/1 of 2 policy maintainers signed/);
    expect(source.status().reason).toContain(`${releasePolicy}, line`);
    await followed.coSign('demo-steward', head);
    expect(await inForce()).toBe(head);
    expect(source.status()).toMatchObject({ sync: 'Synced', health: 'Healthy', reason: null });
  });

  it('two for a loosening below a signed commit which decides nothing', async () => {
    await followed.commit(loosen, host);
    const head = await followed.accepted(comment, 'demo-maintainer');
    expect(await inForce()).toBe(first);
    await followed.coSign('demo-reviewer', head);
    expect(await inForce()).toBe(head);
  });

  it('no fewer because the same change says that fewer are enough', async () => {
    await followed.accepted(async (tree) => {
      await replace('trust/root.yaml', 'looseningThreshold: 2', 'looseningThreshold: 1')(tree);
      await loosen(tree);
    }, 'demo-maintainer');
    expect(await inForce()).toBe(first);
  });

  it('none of people who aren’t policy maintainers', async () => {
    const head = await followed.accepted(loosen, 'demo-maintainer');
    await followed.coSign('demo-approver', head);
    expect(await inForce()).toBe(first);
  });

  it('two where more than a quarter of anything goes, though it tightens', async () => {
    const head = await followed.accepted(
      (tree) => rm(path.join(tree, 'projects/zip-demo'), { recursive: true }),
      'demo-maintainer',
    );
    expect(await inForce()).toBe(first);
    expect(source.status().reason).toContain('more than a quarter');
    await followed.coSign('demo-steward', head);
    expect(await inForce()).toBe(head);
  });

  it('are reported in one status row, and a rewound branch is reported as such', async () => {
    expect(await row()).toMatchObject({
      sync: 'Synced',
      health: 'Healthy',
      accepted: first,
      observed: first,
      reason: null,
    });
    const second = await followed.accepted(tighten, 'demo-maintainer');
    expect(await inForce()).toBe(second);
    await git(followed.seeded.repository, 'update-ref', 'refs/heads/main', first);
    expect(await inForce()).toBe(second);
    expect(await row()).toMatchObject({
      sync: 'OutOfSync',
      health: 'Degraded',
      problem: 'rewritten',
      accepted: second,
      observed: first,
    });
    expect(await row()).toHaveProperty('reason', expect.stringContaining('set back to'));
    await git(followed.seeded.repository, 'update-ref', 'refs/heads/main', second);
    expect(await inForce()).toBe(second);
    expect(await row()).toMatchObject({ sync: 'Synced', health: 'Healthy', problem: null });
  });

  it('the status row says that the host is unreachable', async () => {
    const lost = followed.open('signer', path.join(followed.folder, 'nowhere.git'));
    await expect(lost.refresh()).rejects.toMatchObject({ component: 'policy' });
    expect(await row()).toMatchObject({ sync: 'Unknown', health: 'Degraded', problem: 'unreachable' });
  });
});
