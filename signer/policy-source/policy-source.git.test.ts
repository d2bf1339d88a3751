import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { parseCommitSha, parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import { failures } from '#core/wire/finding/index.ts';
import { git, keepSshKey } from '../../dev/git-host/index.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { Unavailable } from '../ground/availability/index.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import {
  comment,
  followedRepository,
  releasePolicy,
  type FollowedRepository,
} from './followed-repository.fixture.ts';
import { openPolicySource, type PolicySource } from './index.ts';

const project = parseProjectSlug('esbuild-demo');
const policy = parsePolicySlug('release-signing');

describe('policy source', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let followed: FollowedRepository;
  let seeded: FollowedRepository['seeded'];
  let source: PolicySource;

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
    ({ seeded } = followed);
    source = open('signer-a');
  });
  afterEach(() => followed.release());

  const open: FollowedRepository['open'] = (...given) => followed.open(...given);
  const commit: FollowedRepository['commit'] = (...given) => followed.commit(...given);
  const accept = (change: Parameters<FollowedRepository['commit']>[0]) =>
    followed.accepted(change, 'demo-maintainer');
  const file = (tree: string) => path.join(tree, releasePolicy);

  it('starts at the pinned commit and follows commits that a policy maintainer signed', async () => {
    expect((await source.refresh()).commit).toBe(seeded.initialCommit);
    const next = await accept(comment);
    expect((await source.refresh()).commit).toBe(next);
    expect(source.status()).toMatchObject({
      sync: 'Synced',
      health: 'Healthy',
      accepted: next,
      observed: next,
      problem: null,
      reason: null,
    });
  });

  it('refuses only the project whose accepted files break a rule of today, until it is mended', async () => {
    const artifact = 'projects/esbuild-demo/artifacts/windows-package.yaml';
    let before = '';
    const broken = await commit(async (tree) => {
      before = await readFile(path.join(tree, artifact), 'utf8');
      await writeFile(
        path.join(tree, artifact),
        before.replace(/(path: package\/README.md)/, '$1\n      sign: { method: openpgp }'),
      );
    });
    // As an earlier version left it.
    const acceptedAt = new Date().toISOString();
    const state = path.join(followed.folder, 'signer-old.git.accepted.json');
    await writeFile(state, JSON.stringify({ commit: broken, acceptedAt, earlier: [] }));
    const upgraded = open('signer-old');
    const snapshot = await upgraded.refresh();
    expect(snapshot.commit).toBe(broken);
    const refused = effectivePolicy(snapshot, project, policy);
    expect(refused.ok).toBe(false);
    expect(failures(refused.findings)).toMatchObject([
      { rule: 'policy.invalid', found: 'rule.own-key' },
      { rule: 'policy.invalid', found: 'rule.own-key' },
    ]);
    const other = effectivePolicy(snapshot, parseProjectSlug('zip-demo'), policy);
    expect(failures(other.findings)).toEqual([]);
    // A new commit is held to the rules of today, and one that mends the project is accepted.
    await accept(comment);
    expect((await upgraded.refresh()).commit).toBe(broken);
    expect(upgraded.status()).toMatchObject({ problem: 'invalid' });
    const mend = (tree: string) => writeFile(path.join(tree, artifact), before);
    const mended = await followed.accepted(mend, 'demo-maintainer', 'demo-reviewer');
    const after = await upgraded.refresh();
    expect(upgraded.status()).toMatchObject({ reason: null });
    expect(after.commit).toBe(mended);
    expect(effectivePolicy(after, project, policy).ok).toBe(true);
  });

  it('stays at the last accepted commit if the next is unsigned', async () => {
    await source.refresh();
    await commit(comment, { name: 'The host', email: 'host@countersign.example' });
    expect((await source.refresh()).commit).toBe(seeded.initialCommit);
    expect(source.status()).toMatchObject({ sync: 'OutOfSync', accepted: seeded.initialCommit });
    expect(source.status().reason).toMatch(/0 of 1 policy maintainers/);
  });

  it('accepts what a maintainer signs on top of unsigned commits', async () => {
    await source.refresh();
    await commit(comment, { name: 'The host', email: 'host@countersign.example' });
    await source.refresh();
    const signed = await followed.accepted(comment, 'demo-maintainer', 'demo-reviewer');
    expect((await source.refresh()).commit).toBe(signed);
    expect(source.status()).toMatchObject({ sync: 'Synced', problem: null, reason: null });
  });

  it('refuses a signature by a person who becomes a maintainer only in that commit', async () => {
    await source.refresh();
    const stranger = await keepSshKey(path.join(followed.folder, 'stranger'), 'stranger');
    await commit(
      async (tree) => {
        const maintainer = path.join(tree, 'people', 'demo-maintainer.yaml');
        const text = await readFile(maintainer, 'utf8');
        await writeFile(
          maintainer,
          text.replace(/ssh-ed25519 \S+/, stranger.publicKey.split(' ').slice(0, 2).join(' ')),
        );
      },
      { name: 'Stranger', email: 'stranger@countersign.example', key: stranger },
    );
    expect((await source.refresh()).commit).toBe(seeded.initialCommit);
    expect(source.status().reason).not.toBeNull();
  });

  it('accepts a commit once a maintainer co-signs it with a note', async () => {
    await source.refresh();
    const head = await commit(comment);
    await source.refresh();
    await followed.coSign('demo-maintainer', head);
    expect((await source.refresh()).commit).toBe(head);
  });

  it('refuses rewritten history, also after a restart', async () => {
    const old = seeded.initialCommit;
    const accepted = await accept(comment);
    expect((await source.refresh()).commit).toBe(accepted);
    await git(seeded.repository, 'update-ref', 'refs/heads/main', old);
    const rewritten = await commit((tree) => appendFile(file(tree), '# another history\n'));
    expect(rewritten).not.toBe(accepted);
    const restarted = open('signer-a');
    expect((await restarted.refresh()).commit).toBe(accepted);
    expect(restarted.status().reason).toMatch(/history was rewritten/);
  });

  it('reports rewritten history even if its clone was lost', async () => {
    const accepted = await accept(comment);
    await source.refresh();
    await git(seeded.repository, 'update-ref', 'refs/heads/main', seeded.initialCommit);
    await rm(path.join(followed.folder, 'signer-a.git'), { recursive: true });
    const restarted = open('signer-a');
    await expect(restarted.refresh()).rejects.toBeInstanceOf(Unavailable);
    expect(restarted.status()).toMatchObject({ sync: 'OutOfSync', problem: 'rewritten', accepted });
  });

  it('keeps reporting it while the host is unreachable', async () => {
    await accept(comment);
    await source.refresh();
    await git(seeded.repository, 'update-ref', 'refs/heads/main', seeded.initialCommit);
    await source.refresh();
    await rename(seeded.repository, `${seeded.repository}-gone`);
    await expect(source.refresh()).rejects.toBeInstanceOf(Unavailable);
    expect(source.status()).toMatchObject({ sync: 'OutOfSync', problem: 'rewritten' });
  });

  it('knows what is in force when it starts while the host is unreachable', async () => {
    const { commit: accepted } = await source.refresh();
    const restarted = open('signer-a', path.join(followed.folder, 'nowhere.git'));
    await expect(restarted.refresh()).rejects.toBeInstanceOf(Unavailable);
    expect(restarted.status()).toMatchObject({ sync: 'Unknown', problem: 'unreachable', accepted });
  });

  it('doesn’t report synced after a failed check', async () => {
    const { commit: first } = await source.refresh();
    await accept(comment);
    // Fetching works, remembering does not.
    const state = path.join(followed.folder, 'signer-a.git.accepted.json');
    await rm(state);
    await mkdir(path.join(state, 'in-the-way'), { recursive: true });
    await expect(source.refresh()).rejects.toBeInstanceOf(Unavailable);
    expect(source.status()).toMatchObject({ sync: 'Unknown', health: 'Degraded', accepted: first });
  });

  it('shows callers during a check what had been pushed by then', async () => {
    const running = source.refresh();
    const pushed = await accept(comment);
    const [one, other] = await Promise.all([source.refresh(), source.refresh()]);
    await running;
    expect([one.commit, other.commit]).toEqual([pushed, pushed]);
  });

  it('tells a newly set up database which commit is in force', async () => {
    const { commit } = await source.refresh();
    const other = await testDatabase();
    const fresh = openDatabase(other.signer, () => undefined);
    try {
      const directory = path.join(followed.folder, 'signer-a.git');
      const resumed = openPolicySource({
        clone: { directory, url: seeded.repository, ref: 'refs/heads/main' },
        initialCommit: seeded.initialCommit,
        database: fresh,
        signer: 'signer-a',
        log: pino({ level: 'silent' }),
        now: () => new Date(),
      });
      await resumed.refresh();
      expect(await fresh.query('SELECT commit FROM signer.accepted_snapshot')).toEqual([{ commit }]);
    } finally {
      await fresh.close();
      await other.release();
    }
  });

  it('refuses a commit that does not validate, and says where', async () => {
    await source.refresh();
    await accept(async (tree) => {
      await writeFile(file(tree), (await readFile(file(tree), 'utf8')).replace('quorum: 1', 'quorum: 9'));
    });
    expect((await source.refresh()).commit).toBe(seeded.initialCommit);
    expect(source.status().reason).toMatch(/projects\/esbuild-demo\/policies\/release-signing\.yaml:\d+:\d+/);
  });

  it('refuses links in the repository', async () => {
    await source.refresh();
    await accept((tree) => symlink('/etc/passwd', path.join(tree, 'people', 'passwd.yaml')));
    expect((await source.refresh()).commit).toBe(seeded.initialCommit);
    expect(source.status().reason).toMatch(/people\/passwd\.yaml: is a symbolic link/);
  });

  it('refuses file names that aren’t UTF-8 instead of misreading them', async () => {
    await source.refresh();
    await accept((tree) => writeFile(Buffer.concat([Buffer.from(`${tree}/people/`), Buffer.of(0xff)]), 'x'));
    expect((await source.refresh()).commit).toBe(seeded.initialCommit);
    expect(source.status().reason).toMatch(/not UTF-8; rename the file/);
  });

  it('is unavailable if the host can’t be reached or the pinned commit is missing', async () => {
    await expect(
      open('signer-b', path.join(followed.folder, 'nowhere.git')).refresh(),
    ).rejects.toBeInstanceOf(Unavailable);
    await expect(open('signer-c', seeded.repository, '0'.repeat(40)).refresh()).rejects.toBeInstanceOf(
      Unavailable,
    );
  });

  it('keeps the credentials in the repository’s address to itself', async () => {
    const error: unknown = await open('signer-d', 'http://robot:s3cret@127.0.0.1:1/policies.git')
      .refresh()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unavailable);
    const { stack, message, cause } = error as Error;
    expect(message).toContain('http://127.0.0.1:1/policies.git');
    expect(JSON.stringify([stack, message, inspect(cause)])).not.toMatch(/robot|s3cret/);
  });

  it('is unavailable, and refuses no commit, if its own clone or state file is damaged', async () => {
    const first = parseCommitSha((await source.refresh()).commit);
    const clone = path.join(followed.folder, 'signer-a.git');
    const state = `${clone}.accepted.json`;
    const good = await readFile(state, 'utf8');
    await writeFile(state, '{');
    await expect(open('signer-a').refresh()).rejects.toBeInstanceOf(Unavailable);
    await writeFile(state, good);
    const other = open('signer-a');
    await other.refresh();
    await rm(path.join(clone, 'objects'), { recursive: true });
    const again = open('signer-a');
    await expect(again.digestAt(first, project, policy)).rejects.toBeInstanceOf(Unavailable);
  });

  it('distinguishes two commits only by what decides', async () => {
    const first = parseCommitSha((await source.refresh()).commit);
    const same = parseCommitSha(await accept(comment));
    await source.refresh();
    const other = parseCommitSha(
      await accept(async (tree) => {
        await writeFile(
          file(tree),
          (await readFile(file(tree), 'utf8')).replace('[push, release, workflow_dispatch]', '[push]'),
        );
      }),
    );
    await source.refresh();
    const digest = (branded: ReturnType<typeof parseCommitSha>) => source.digestAt(branded, project, policy);
    expect(await digest(first)).toBe(await digest(same));
    expect(await digest(first)).not.toBe(await digest(other));
    expect(await digest(parseCommitSha('1'.repeat(40)))).toBeNull();
  });
});
