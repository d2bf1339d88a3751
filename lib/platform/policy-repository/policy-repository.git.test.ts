import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SeededPolicies } from '../../../dev/foundation/index.ts';
import { commitFolder, git, openHostileHost } from '../../../dev/git-host/index.ts';
import { runCommand } from '../../../dev/stack/index.ts';
import { testFolder } from '../../../dev/test/index.ts';
import { testPolicies } from '../../../dev/test/seeded-policies.ts';
import { parseCommitSha, parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import { openPolicyRepository, type PolicyRepository } from './index.ts';
import { openObjectReader } from './object-reader.ts';

const policy = 'projects/esbuild-demo/policies/release-signing.yaml';

describe('the portal’s clone of the policy repository', () => {
  let work: Awaited<ReturnType<typeof testFolder>>;
  let seeded: SeededPolicies;
  let policies: PolicyRepository;
  let first: CommitSha;
  beforeEach(async () => {
    work = await testFolder('policy-repository');
    seeded = await testPolicies(work.folder);
    first = parseCommitSha(seeded.initialCommit);
    policies = openPolicyRepository({ url: seeded.repository, cloneDir: join(work.folder, 'portal.git') });
  });
  afterEach(() => work.release());

  async function commit(change: (tree: string) => Promise<void>, branch = 'main'): Promise<CommitSha> {
    const tree = await mkdtemp(join(tmpdir(), 'countersign-tree-'));
    try {
      await runCommand('sh', [
        '-c',
        `git --git-dir '${seeded.repository}' archive main | tar -x -C '${tree}'`,
      ]);
      await change(tree);
      return parseCommitSha(
        await commitFolder(seeded.repository, tree, 'A change', seeded.maintainer, branch),
      );
    } finally {
      await rm(tree, { recursive: true, force: true });
    }
  }
  const remark = (tree: string) => appendFile(join(tree, policy), '# a remark\n');

  it('reads a proposal that isn’t a valid policy, and says what is wrong with it', async () => {
    const { snapshot } = await policies.at(first);
    await git(seeded.repository, 'branch', 'broken', first);
    const head = await commit((tree) => writeFile(join(tree, policy), 'kind: nothing\n'), 'broken');
    const { files, loaded } = await policies.proposal(head, snapshot);
    expect(new TextDecoder().decode(files.get(policy))).toBe('kind: nothing\n');
    expect(loaded).toMatchObject({ ok: false, diagnostics: [{ file: policy, line: 1 }] });
    await expect(policies.at(head)).rejects.toMatchObject({ code: 'POLICY_INVALID' });
  });

  it('lists what a head adds, newest first, with the raw objects', async () => {
    const second = await commit(remark);
    const third = await commit(remark);
    const between = await policies.commitsBetween(first, third);
    expect(between.map((record) => record.commit)).toEqual([third, second]);
    expect(between[0]).toMatchObject({
      parents: [second],
      subject: 'A change',
      authorEmail: 'maintainer@countersign.example',
    });
    expect(new TextDecoder().decode(between[0]?.object)).toContain('gpgsig -----BEGIN SSH SIGNATURE-----');
    expect(await policies.commitsBetween(third, third)).toEqual([]);
  });

  it('finds where a branch left main', async () => {
    await git(seeded.repository, 'branch', 'side', first);
    const main = await commit(remark);
    const side = await commit(remark, 'side');
    expect(await policies.mergeBase(main, side)).toBe(first);
  });

  it('lists the commits in which a folder changed', async () => {
    const second = await commit((tree) => appendFile(join(tree, 'foundation.yaml'), '# a remark\n'));
    const third = await commit(remark);
    const [a, b, c] = await policies.treesOf([first, second, third], 'projects/esbuild-demo');
    expect(a).toMatch(/^[0-9a-f]{40}$/);
    expect(b).toBe(a);
    expect(c).not.toBe(a);
    expect(await policies.treesOf([first], 'projects/no-such-project')).toEqual([null]);
  });

  it('finds the files that differ as git diff-tree does, of a whole commit and of one project', async () => {
    const second = await commit(async (tree) => {
      await appendFile(join(tree, policy), '# a remark\n');
      await rm(join(tree, 'projects/zip-demo'), { recursive: true });
      await writeFile(join(tree, 'README.md'), 'Read me.\n');
    });
    const asked = { before: first, after: second, inside: null, filesMax: 1_000, foldersMax: 1_000 };
    const { files, complete } = await policies.changedFiles(asked);
    const said = execFileSync(
      'git',
      ['-C', seeded.repository, 'diff-tree', '-r', '--no-renames', first, second],
      {
        encoding: 'utf8',
      },
    );
    const none = '0'.repeat(40);
    const found = files.map(({ path, before, after }) => `${before ?? none} ${after ?? none} ${path}`);
    // :<mode> <mode> <blob> <blob> <status>\t<path>
    const lines = said
      .trim()
      .split('\n')
      .map((line) => line.split(/[ \t]/));
    expect(found.toSorted()).toEqual(
      lines.map(([, , old, now, , path]) => `${old} ${now} ${path}`).toSorted(),
    );
    expect(complete).toBe(true);
    expect(files.length).toBeGreaterThan(4);
    const of = (project: string) => policies.changedFiles({ ...asked, inside: parseProjectSlug(project) });
    expect((await of('esbuild-demo')).files.map((file) => file.path)).toEqual([policy]);
    expect((await of('nobody')).files).toEqual([]);
    const [blob] = (await of('esbuild-demo')).files;
    expect(Buffer.from(await policies.blob(blob?.after ?? '')).toString()).toContain('# a remark\n');
    expect(await policies.changedFiles({ ...asked, filesMax: 2 })).toMatchObject({
      complete: false,
      files: files.slice(0, 2),
    });
    expect((await policies.changedFiles({ ...asked, foldersMax: 1 })).complete).toBe(false);
  });

  it('reads a project with its approvers, and nothing else', async () => {
    const part = await policies.partAt(first, {
      projects: [parseProjectSlug('esbuild-demo'), parseProjectSlug('nobody')],
    });
    expect([...part.projects.keys()]).toEqual(['esbuild-demo']);
    expect([...part.people.keys()]).toEqual(['demo-approver']);
    const { snapshot } = await policies.at(first);
    const [of, whole] = [part, snapshot].map((policySnapshot) =>
      effectivePolicy(policySnapshot, parseProjectSlug('esbuild-demo'), parsePolicySlug('release-signing')),
    );
    expect(of?.ok === true && whole?.ok === true && of.value.digest === whole.value.digest).toBe(true);
  });

  it('returns single files, and none for a name with a meaning to git', async () => {
    expect(Buffer.from((await policies.fileAt(first, 'foundation.yaml')) ?? []).toString()).toContain(
      'kind: Foundation',
    );
    for (const path of [
      '',
      '.',
      '..',
      './foundation.yaml',
      'people',
      'projects/../foundation.yaml',
      'nothing.yaml',
      'a\nb',
    ]) {
      expect(await policies.fileAt(first, path)).toBeNull();
    }
  });

  it('asks one process for objects, and starts a new one after it has ended', async () => {
    const reader = openObjectReader(join(work.folder, 'reader.git'));
    await expect(reader.read(first)).rejects.toMatchObject({ code: 'GIT_FAILED' });
    execFileSync('git', ['clone', '--quiet', '--bare', seeded.repository, join(work.folder, 'reader.git')]);
    const names = [first, `${first}^{tree}`, 'f'.repeat(40), `${first}:foundation.yaml`, `${first}:nothing`];
    const types = (await Promise.all(names.map((name) => reader.read(name)))).map(
      (object) => object?.type ?? null,
    );
    expect(types).toEqual(['commit', 'tree', null, 'blob', null]);
    reader.renew();
    expect((await reader.read(first))?.id).toBe(first);
    await expect(reader.read(`${first}\n${first}`)).rejects.toThrow('no name of an object');
  });

  it('ends a process whose answer exceeds the limit', async () => {
    const bare = join(work.folder, 'large.git');
    execFileSync('git', ['init', '--quiet', '--bare', bare]);
    const large = execFileSync('git', ['-C', bare, 'hash-object', '-w', '--stdin'], {
      input: Buffer.alloc(16 * 1024 * 1024 + 1),
      encoding: 'utf8',
    }).trim();
    const small = execFileSync('git', ['-C', bare, 'hash-object', '-w', '--stdin'], {
      input: 'x',
      encoding: 'utf8',
    }).trim();
    const reader = openObjectReader(bare);
    await expect(reader.read(large)).rejects.toMatchObject({ code: 'TREE_UNACCEPTABLE' });
    expect((await reader.read(small))?.bytes.toString()).toBe('x');
  });

  it('keeps objects that it has fetched after the remote has lost them', async () => {
    const second = await commit(remark);
    await policies.at(second);
    await git(seeded.repository, 'update-ref', 'refs/heads/main', first);
    await git(seeded.repository, 'branch', 'other', first);
    const other = await commit((tree) => appendFile(join(tree, 'foundation.yaml'), '# other\n'), 'other');
    await policies.proposal(other, null);
    await git(join(work.folder, 'portal.git'), 'gc', '--quiet', '--prune=now');
    const again = openPolicyRepository({ url: '/nowhere', cloneDir: join(work.folder, 'portal.git') });
    expect((await again.at(second)).snapshot.commit).toBe(second);
  });

  it('loses only the branch that can’t be fetched, and no branch name blocks another', async () => {
    await policies.at(first);
    const main = await commit(remark);
    await git(seeded.repository, 'branch', 'change', first);
    const side = await commit((tree) => appendFile(join(tree, 'foundation.yaml'), '# a\n'), 'change');
    const host = await openHostileHost(seeded.repository, {
      'refs/heads/change/below': main,
      'refs/heads/main/below': first,
      'refs/heads/gone': 'e'.repeat(40),
      'refs/heads/-x': side,
      'refs/heads/a..b': side,
    });
    try {
      const cloneDir = join(work.folder, 'portal.git');
      policies = openPolicyRepository({ url: host.url, cloneDir });
      expect((await policies.at(main)).snapshot.commit).toBe(main);
      expect((await policies.proposal(side, null)).loaded.ok).toBe(true);
    } finally {
      await host.close();
    }
  });

  it('follows branches named like folders of earlier ones', async () => {
    await policies.at(first);
    await git(seeded.repository, 'branch', 'a', first);
    const below = await commit(remark, 'a');
    await policies.proposal(below, null);
    await git(seeded.repository, 'branch', '-D', 'a');
    await git(seeded.repository, 'branch', 'a/b', first);
    const next = await commit((tree) => appendFile(join(tree, 'foundation.yaml'), '# b\n'), 'a/b');
    expect((await policies.proposal(next, null)).loaded.ok).toBe(true);
  });

  it('reports a commit that doesn’t exist', async () => {
    const nowhere = parseCommitSha('1'.repeat(40));
    await expect(policies.proposal(nowhere, null)).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
  });
});
