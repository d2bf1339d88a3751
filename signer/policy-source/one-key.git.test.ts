/** What somebody with one policy maintainer's key, and the right to push, can make the signer accept. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { git, keepSshKey } from '../../dev/git-host/index.ts';
import { runCommand } from '../../dev/stack/index.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { addressOf } from '#core/policy/acceptance/index.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import { comment, followedRepository, type FollowedRepository } from './followed-repository.fixture.ts';
import type { PolicySource } from './index.ts';

const root = 'trust/root.yaml';

/** What whoever makes a commit can say in it, without anybody's key. */
interface Claims {
  readonly author?: string;
  readonly committer?: string;
  readonly message?: string;
  readonly parents?: readonly string[];
}

describe('one policy maintainer’s key', () => {
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

  const replace = (file: string, from: string | RegExp, to: string) => async (tree: string) => {
    const text = await readFile(path.join(tree, file), 'utf8');
    expect(text).toMatch(from);
    await writeFile(path.join(tree, file), text.replace(from, to));
  };
  const inForce = async () => (await source.refresh()).commit;
  const expel = replace(root, ', demo-steward]', ']');

  it('can’t remove or add a maintainer or replace a key', async () => {
    const mallory = await keepSshKey(path.join(followed.folder, 'mallory'), 'mallory');
    const attacks = [
      expel,
      replace(root, 'demo-steward]', 'demo-steward, demo-approver]'),
      replace(root, 'looseningThreshold: 2', 'looseningThreshold: 3'),
      replace(
        'people/demo-steward.yaml',
        /ssh-ed25519 \S+/,
        mallory.publicKey.split(' ').slice(0, 2).join(' '),
      ),
      replace('people/demo-steward.yaml', /approvalKeys:[^]*/, 'approvalKeys: []\n'),
    ];
    for (const attack of attacks) {
      await followed.accepted(attack, 'demo-maintainer');
      expect(await inForce()).toBe(first);
      expect(source.status()).toMatchObject({ problem: 'unsigned' });
      expect(source.status().reason).toMatch(/^1 of 2 policy maintainers signed/);
      // Each attack starts from the policy in force, not from the one before.
      await commitTree(first);
    }
  });

  /** Main holds again what a commit holds: a commit that nobody signed takes all back. */
  async function commitTree(commit: string): Promise<void> {
    await followed.commit(async (tree) => {
      await rm(tree, { recursive: true });
      const command = `mkdir '${tree}' && git --git-dir '${followed.seeded.repository}' archive ${commit} | tar -x -C '${tree}'`;
      await runCommand('sh', ['-c', command]);
    });
  }

  it('can’t take over the policy by authorship: writing a commit isn’t accepting it', async () => {
    // Signed as git does it, and by nobody else.
    const own = await followed.commit(comment, followed.by('demo-maintainer'));
    expect(await inForce()).toBe(first);
    expect(source.status().reason).toMatch(/^1 of 2 policy maintainers signed this commit/);
    expect(source.status().reason).toContain('somebody who did not write it has to sign');
    // Signed twice is signed by one.
    await followed.coSign('demo-maintainer', own);
    expect(await inForce()).toBe(first);
    await followed.coSign('demo-reviewer', own);
    expect(await inForce()).toBe(own);
  });

  it('can’t hide the author behind another commit, an address or a missing signature', async () => {
    const byId = { name: 'M', email: addressOf(onGitHub('900001')) };
    const unsigned = await followed.commit(comment, byId);
    await followed.coSign('demo-maintainer', unsigned);
    expect(await inForce()).toBe(first);
    // A merge or remark of somebody else on top: the change is still the maintainer's own.
    const top = await followed.accepted(comment, 'demo-maintainer');
    expect(await inForce()).toBe(first);
    await followed.coSign('demo-steward', top);
    expect(await inForce()).toBe(top);
    const nobody = await followed.commit(comment, { name: 'X', email: 'x@example.org' });
    await followed.coSign('demo-maintainer', nobody);
    expect(await inForce()).toBe(top);
    expect(source.status().reason).toContain('Nothing proves who wrote commit');
    await followed.coSign('demo-reviewer', nobody);
    expect(await inForce()).toBe(nobody);
  });

  /** The tree of a commit as another, with the people, message and parents that somebody with Git alone can write → its name. */
  async function written(tree: string, about: Claims): Promise<string> {
    const { author = 'x@example.org', committer = author, message = 'A change', parents = [first] } = about;
    const made = await git(
      followed.seeded.repository,
      ...['-c', 'author.name=A', '-c', `author.email=${author}`],
      ...['-c', 'committer.name=C', '-c', `committer.email=${committer}`],
      ...['commit-tree', `${tree}^{tree}`, '-m', message],
      ...parents.flatMap((parent) => ['-p', parent]),
    );
    return made.trim();
  }

  it('does not pass what it wrote off as somebody else’s, whomever the commit names', async () => {
    const change = await followed.commit(comment, followed.by('demo-maintainer'));
    const of = (id: string) => addressOf(onGitHub(id));
    const [portal, approver, reviewer] = [of('0'), of('900002'), of('900003')];
    const aside = await written(first, { author: approver, message: 'Nothing' });
    const claims: readonly Claims[] = [
      { author: approver },
      { author: reviewer },
      { author: portal },
      { author: '900003+r@users.noreply.github.com' },
      { author: of('900001'), committer: reviewer },
      { author: reviewer, committer: of('900001') },
      { author: reviewer, committer: portal },
      { message: `A change\n\nProposed-by: R <${reviewer}>\nCo-authored-by: B <${approver}>` },
      { message: `A change\n\nProposed-by: P <${portal}>` },
      { author: reviewer, parents: [first, aside] },
    ];
    for (const claim of claims) {
      const head = await written(change, claim);
      await git(followed.seeded.repository, 'update-ref', 'refs/heads/main', head);
      await followed.coSign('demo-maintainer', head);
      expect(await inForce(), JSON.stringify(claim)).toBe(first);
      expect(source.status().reason).toMatch(/^1 of [23] policy maintainers signed/);
    }
    // Below a commit that somebody else signed, too.
    const below = await written(change, { author: reviewer });
    await git(followed.seeded.repository, 'update-ref', 'refs/heads/main', below);
    const top = await followed.accepted(comment, 'demo-maintainer');
    expect(await inForce()).toBe(first);
    await followed.coSign('demo-steward', top);
    expect(await inForce()).toBe(top);
  });

  it('is removed by the two others, who need nobody else for it', async () => {
    const head = await followed.commit(expel, followed.by('demo-maintainer'));
    // Whoever goes does not count.
    await followed.coSign('demo-steward', head);
    expect(await inForce()).toBe(first);
    expect(source.status().reason).toMatch(
      /^1 of 2 policy maintainers signed this commit. It removes demo-steward/,
    );
    await followed.coSign('demo-reviewer', head);
    expect(await inForce()).toBe(head);
    // What it signs now counts for nothing.
    await followed.accepted(comment, 'demo-steward');
    expect(await inForce()).toBe(head);
  });

  it('is removed by the two others even if every change takes all three', async () => {
    const unanimous = await followed.accepted(
      replace(root, /threshold: 1\n {2}looseningThreshold: 2/, 'threshold: 3\n  looseningThreshold: 3'),
      'demo-maintainer',
      'demo-reviewer',
    );
    expect(await inForce()).toBe(unanimous);
    // Two are too few for anything else, however little it is.
    await followed.accepted(comment, 'demo-maintainer', 'demo-reviewer');
    expect(await inForce()).toBe(unanimous);
    expect(source.status().reason).toMatch(/^2 of 3 policy maintainers signed/);
    await commitTree(unanimous);
    const expulsion = async (tree: string) => {
      await expel(tree);
      await replace(
        root,
        /threshold: 3\n {2}looseningThreshold: 3/,
        'threshold: 2\n  looseningThreshold: 2',
      )(tree);
    };
    const head = await followed.accepted(expulsion, 'demo-maintainer');
    expect(await inForce()).toBe(unanimous);
    await followed.coSign('demo-reviewer', head);
    expect(await inForce()).toBe(head);
  });

  it('can’t remove everything in small steps within a week', async () => {
    const projects = Array.from({ length: 8 }, (_, index) => `p${index}`);
    const status = (name: string) =>
      replace(`projects/${name}/project.yaml`, 'status: active', 'status: retired');
    const begin = Date.now();
    const later = (days: number) => followed.setTime(new Date(begin + days * 86_400_000));
    later(0.1);
    const grown = await followed.accepted(
      async (tree) => {
        for (const name of projects) {
          await cp(path.join(tree, 'projects/esbuild-demo'), path.join(tree, 'projects', name), {
            recursive: true,
          });
        }
      },
      'demo-maintainer',
      'demo-reviewer',
    );
    expect(await inForce()).toBe(grown);
    later(8);
    const two = await followed.accepted(async (tree) => {
      for (const name of ['p0', 'p1']) await status(name)(tree);
    }, 'demo-maintainer');
    expect(await inForce()).toBe(two);
    later(9);
    const one = await followed.accepted(status('p2'), 'demo-maintainer');
    expect(await inForce()).toBe(two);
    expect(source.status().reason).toContain(
      '3 of the 10 active projects of 7 days ago (p0, p1, p2) have been removed',
    );
    // The memory is the signer's own, and outlives it.
    source = followed.open('signer');
    expect(await inForce()).toBe(two);
    later(16);
    expect(await inForce()).toBe(one);
  });
});
