import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { git, openHostileHost } from '../../dev/git-host/index.ts';
import { runCommand } from '../../dev/stack/index.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import { comment, followedRepository, type FollowedRepository } from './followed-repository.fixture.ts';
import type { PolicySource } from './index.ts';

const notes = 'refs/notes/policy-signatures';

describe('a wrong ref on the Git host', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let followed: FollowedRepository;
  let source: PolicySource;
  let repository: string;
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
    ({ repository } = followed.seeded);
    source = followed.open('signer');
    first = (await source.refresh()).commit;
  });
  afterEach(() => followed.release());

  const ref = (name: string, object: string) => git(repository, 'update-ref', name, object);
  const blob = async (text: string): Promise<string> => {
    const file = path.join(followed.folder, 'blob');
    await writeFile(file, text);
    return git(repository, 'hash-object', '-w', file);
  };
  const inForce = async () => (await source.refresh()).commit;

  it('is refused in words that say so where objects of the repository are named by SHA-256', async () => {
    const other = path.join(followed.folder, 'sha256.git');
    await runCommand('git', ['init', '--quiet', '--bare', '--object-format=sha256', other]);
    const empty = path.join(followed.folder, 'empty');
    await writeFile(empty, '');
    const tree = await git(other, 'hash-object', '-w', '-t', 'tree', empty);
    const by = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
    const made = await git(other, ...by, 'commit-tree', tree, '-m', 'one');
    await git(other, 'update-ref', 'refs/heads/main', made);
    await expect(followed.open('other', other, made).refresh()).rejects.toThrow(
      /named by SHA-256.*SHA-1 names alone/,
    );
  });

  it('below the name of the signatures’ ref has no effect once it is removed', async () => {
    await ref(`${notes}/x`, first);
    const head = await followed.commit(comment);
    expect(await inForce()).toBe(first);
    expect(source.status()).toMatchObject({ problem: 'unsigned', health: 'Healthy' });
    await git(repository, 'update-ref', '-d', `${notes}/x`);
    await followed.coSign('demo-maintainer', head);
    expect(await inForce()).toBe(head);
    // And the other way round: what was fetched once is in nobody's way.
    await git(repository, 'update-ref', '-d', notes);
    await ref(`${notes}/x`, first);
    const next = await followed.commit(comment);
    expect(await inForce()).toBe(head);
    await git(repository, 'update-ref', '-d', `${notes}/x`);
    await followed.coSign('demo-maintainer', next);
    expect(await inForce()).toBe(next);
  });

  it('beside valid ones affects neither the branch nor the signatures, even if the names conflict', async () => {
    const head = await followed.accepted(comment, 'demo-maintainer');
    const host = await openHostileHost(repository, {
      [`${notes}/x`]: first,
      [`${notes}x`]: first,
      'refs/heads/refs/notes/policy-signatures': first,
      'refs/heads/main/x': first,
      'refs/heads/gone': 'e'.repeat(40),
      [`${notes}/gone`]: 'e'.repeat(40),
    });
    try {
      source = followed.open('signer', host.url);
      expect(await inForce()).toBe(head);
      expect(source.status()).toMatchObject({ sync: 'Synced', health: 'Healthy' });
    } finally {
      await host.close();
    }
  });

  it('in place of the signatures hides them only as long as it exists', async () => {
    const head = await followed.accepted(comment, 'demo-maintainer');
    const good = await git(repository, 'rev-parse', notes);
    for (const object of [await blob('not a commit'), first]) {
      await ref(notes, object);
      expect(await inForce()).toBe(first);
      expect(source.status()).toMatchObject({ observed: head, problem: 'unsigned' });
    }
    await ref(notes, good);
    expect(await inForce()).toBe(head);
  });

  it('that can’t be fetched doesn’t stop the branch from being followed, and is reported while signatures are missing', async () => {
    const head = await followed.commit(comment);
    const host = await openHostileHost(repository, { [notes]: 'e'.repeat(40) });
    try {
      source = followed.open('signer', host.url);
      expect(await inForce()).toBe(first);
      expect(source.status()).toMatchObject({ observed: head, problem: 'unsigned', health: 'Degraded' });
      expect(source.status().reason).toContain('refs/notes/policy-signatures) could not be fetched');
    } finally {
      await host.close();
    }
  });

  it('can’t hide a signature: other text beside it is ignored', async () => {
    const head = await followed.commit(comment);
    const note = async (text: string) => {
      const file = path.join(followed.folder, 'note');
      await writeFile(file, text);
      const identity = ['-c', 'user.name=X', '-c', 'user.email=x@example.org'];
      await git(repository, ...identity, 'notes', '--ref=policy-signatures', 'append', '-F', file, head);
    };
    await note('-----BEGIN SSH SIGNATURE-----\nLGTM\n');
    await note('x'.repeat(100_000));
    await followed.coSign('demo-maintainer', head);
    await note('-----END SSH SIGNATURE-----\n');
    expect(await inForce()).toBe(head);
  });

  it('of a hundred megabytes beside one commit is skipped', async () => {
    const head = await followed.commit(comment);
    await followed.coSign('demo-maintainer', head);
    const identity = ['-c', 'user.name=X', '-c', 'user.email=x@example.org'];
    const huge = path.join(followed.folder, 'huge');
    await writeFile(huge, Buffer.alloc(100 * 1024 * 1024, 'x'));
    await git(repository, ...identity, 'notes', '--ref=policy-signatures', 'add', '-f', '-F', huge, first);
    expect(await inForce()).toBe(head);
    // Over the very commit it hides what lay in that place, and nothing breaks.
    const next = await followed.commit(comment);
    await git(repository, ...identity, 'notes', '--ref=policy-signatures', 'add', '-f', '-F', huge, next);
    expect(await inForce()).toBe(head);
    expect(source.status()).toMatchObject({ observed: next, problem: 'unsigned' });
  });
});
