import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitAccepted } from '../../dev/foundation/index.ts';
import { runCommand } from '../../dev/stack/index.ts';
import { parseCommitSha, parseProjectSlug } from '#core/ids/index.ts';
import { PolicyRepositoryError } from '../platform/policy-repository/index.ts';
import { openFoundation } from '../policy-changes/open-foundation.fixture.ts';
import {
  listAcceptedCommits,
  listProjectVersions,
  readProjectVersion,
  readRepositoryVersion,
  workOutVersions,
} from './index.ts';

const esbuild = parseProjectSlug('esbuild-demo');
const zip = parseProjectSlug('zip-demo');
const esbuildPolicy = 'projects/esbuild-demo/policies/release-signing.yaml';
const zipPolicy = 'projects/zip-demo/policies/release-signing.yaml';

describe('the history of policies', () => {
  let foundation: Awaited<ReturnType<typeof openFoundation>>;
  beforeEach(async () => {
    foundation = await openFoundation();
  });
  afterEach(() => foundation.release());

  /** A change that one policy maintainer signs; accepted unless it loosens. */
  async function commit(file: string, from: string, to: string): Promise<string> {
    const made = await accept(file, from, to);
    expect(await workOutVersions(foundation.portal)).toEqual([]);
    return made;
  }
  /** The same, not worked out yet. */
  async function accept(file: string, from: string, to: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-version-'));
    try {
      await runCommand('sh', [
        '-c',
        `git --git-dir '${foundation.repository}' archive main | tar -x -C '${folder}'`,
      ]);
      const text = await readFile(join(folder, file), 'utf8');
      expect(text).toContain(from);
      await writeFile(join(folder, file), text.replace(from, to));
      const made = await commitAccepted(foundation, folder, 'A change');
      await foundation.signer.refresh();
      return made;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const commitsOf = async (project: typeof esbuild, limit = 20) => {
    const page = await listProjectVersions({ ctx: foundation.portal, input: { project, limit } });
    return page.items.map((item) => item.commit);
  };

  it('shows of a project only the commits that changed it, with what they meant', async () => {
    const first = foundation.initialCommit;
    const second = await commit(esbuildPolicy, "\n    tags: ['v*']", '');
    const third = await commit(zipPolicy, ', workflow_dispatch', '');
    const fourth = await commit('foundation.yaml', 'name: Countersign Demo Foundation', 'name: Another Name');
    expect(await commitsOf(esbuild)).toEqual([second, first]);
    expect(await commitsOf(zip)).toEqual([third, first]);
    const { items } = await listAcceptedCommits({ ctx: foundation.portal, input: { limit: 20 } });
    expect(items.map((item) => item.commit)).toEqual([fourth, third, second, first]);
    const [newest] = (
      await listProjectVersions({ ctx: foundation.portal, input: { project: esbuild, limit: 1 } })
    ).items;
    expect(newest).toMatchObject({
      signers: ['demo-maintainer'],
      previous: first,
      summary: { effect: 'tightens' },
    });
    expect(newest?.summary?.gone.join()).toContain('from the tag v*');
  });

  it('returns every version once over pages of any size', async () => {
    const made = [foundation.initialCommit as string];
    for (let round = 0; round < 4; round += 1) {
      made.unshift(await commit(esbuildPolicy, 'timestamp: required\n', `timestamp: required\n# ${round}\n`));
      await commit(zipPolicy, 'timestamp: required\n', `timestamp: required\n# ${round}\n`);
    }
    for (const limit of [1, 2, 3]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page: Awaited<ReturnType<typeof listProjectVersions>> = await listProjectVersions({
          ctx: foundation.portal,
          input: { project: esbuild, limit, ...(cursor === undefined ? {} : { cursor }) },
        });
        seen.push(...page.items.map((item) => item.commit));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(made);
    }
  });

  it('shows a version as it was, with its neighbours and its diff', async () => {
    const second = parseCommitSha(await commit(esbuildPolicy, "\n    tags: ['v*']", ''));
    const third = await commit(esbuildPolicy, ', workflow_dispatch', '');
    const version = await readProjectVersion({
      ctx: foundation.portal,
      input: { project: esbuild, commit: second },
    });
    expect(version).toMatchObject({
      previous: foundation.initialCommit,
      following: third,
      inForce: false,
      files: [{ path: esbuildPolicy }],
    });
    const sentences = version?.policies
      ?.find((policy) => policy.slug === 'release-signing')
      ?.sections.flatMap((section) => section.sentences)
      .join(' ');
    expect(sentences).not.toContain('v*');
    expect(sentences).toContain('a start by hand');
  });

  it('shows nothing of a commit that the signer never accepted', async () => {
    const loosened = parseCommitSha(
      await commit(esbuildPolicy, 'branches: [main]', 'branches: [main, next]'),
    );
    expect(await readRepositoryVersion({ ctx: foundation.portal, input: { commit: loosened } })).toBeNull();
    expect(
      await readProjectVersion({ ctx: foundation.portal, input: { project: esbuild, commit: loosened } }),
    ).toBeNull();
    expect(await commitsOf(esbuild)).toEqual([foundation.initialCommit]);
  });

  it('lists a pending version, marks it, and computes it before others', async () => {
    const portal = foundation.portal;
    const second = parseCommitSha(await commit(esbuildPolicy, "\n    tags: ['v*']", ''));
    const third = parseCommitSha(await accept(esbuildPolicy, ', workflow_dispatch', ''));
    const all = await listAcceptedCommits({ ctx: portal, input: { limit: 20 } });
    expect(all.items.map((item) => item.state)).toEqual(['waiting', 'complete', 'first']);
    expect(all.items[0]).toMatchObject({ commit: third, previous: second, summary: null });
    for (const limit of [1, 20]) {
      const own = await listProjectVersions({ ctx: portal, input: { project: esbuild, limit } });
      expect(own.items[0]).toMatchObject({
        commit: third,
        previous: second,
        state: 'waiting',
        summary: null,
      });
      expect(own.next === null).toBe(limit === 20);
    }
    expect(await commitsOf(zip)).toEqual([foundation.initialCommit]);
    const page = await readProjectVersion({ ctx: portal, input: { project: esbuild, commit: third } });
    expect(page).toMatchObject({
      state: 'waiting',
      changes: [],
      files: [{ path: esbuildPolicy }],
      inForce: true,
    });
    await workOutVersions(portal);
    const later = await readProjectVersion({ ctx: portal, input: { project: esbuild, commit: third } });
    expect(later).toMatchObject({ state: 'complete', summary: { effect: 'tightens' }, filesLeftOut: 0 });
    expect(later?.changes).toMatchObject([{ file: esbuildPolicy, effect: 'tightens', removed: true }]);
  });

  it('stores what it has computed: lists read neither git nor files', async () => {
    await commit(esbuildPolicy, "\n    tags: ['v*']", '');
    await commit(zipPolicy, ', workflow_dispatch', '');
    const policies = new Proxy(foundation.portal.policies, {
      get: (_target, name) => () => Promise.reject(new Error(`a list asked for ${String(name)}`)),
    });
    const ctx = { ...foundation.portal, policies };
    const before = await listProjectVersions({ ctx, input: { project: esbuild, limit: 20 } });
    expect(before.items.map((item) => item.state)).toEqual(['complete', 'first']);
    const all = await listAcceptedCommits({ ctx, input: { limit: 20 } });
    expect(all.items.map((item) => item.state)).toEqual(['complete', 'complete', 'first']);
  });

  it('marks a version that this portal can’t read, and says which projects it changed', async () => {
    const { db, policies } = foundation.portal;
    await commit(zipPolicy, ', workflow_dispatch', '');
    const second = parseCommitSha(await accept(esbuildPolicy, "\n    tags: ['v*']", ''));
    const broken = {
      ...policies,
      partAt: () => Promise.reject(new PolicyRepositoryError('POLICY_INVALID', 'no policy')),
    };
    expect(await workOutVersions({ ...foundation.portal, policies: broken })).toHaveLength(1);
    // For good: it isn't tried again.
    expect(await workOutVersions({ ...foundation.portal, policies: broken })).toEqual([]);
    expect(await db.policyVersion.count({ where: { state: 'waiting' } })).toBe(0);
    const own = await listProjectVersions({ ctx: foundation.portal, input: { project: esbuild, limit: 1 } });
    expect(own.items).toMatchObject([{ commit: second, state: 'unreadable', summary: null }]);
    expect(await readRepositoryVersion({ ctx: foundation.portal, input: { commit: second } })).toMatchObject({
      state: 'unreadable',
      files: [{ path: esbuildPolicy }],
    });
    expect(await commitsOf(zip)).not.toContain(second);
    const ctx = { ...foundation.portal, policies: broken };
    const page = await readProjectVersion({ ctx, input: { project: esbuild, commit: second } });
    expect(page).toMatchObject({ state: 'unreadable', policies: null, files: [{ path: esbuildPolicy }] });
  });

  it('keeps a temporarily unavailable version pending, behind the others', async () => {
    const second = await accept(esbuildPolicy, "\n    tags: ['v*']", '');
    const { policies, now } = foundation.portal;
    const down = {
      ...policies,
      changedFiles: () => Promise.reject(new PolicyRepositoryError('GIT_FAILED', 'down')),
    };
    expect(await workOutVersions({ ...foundation.portal, policies: down })).toEqual([
      expect.stringContaining(`${second} changed can’t be worked out: down`),
    ]);
    expect(await workOutVersions(foundation.portal)).toEqual([]);
    const list = () => listAcceptedCommits({ ctx: foundation.portal, input: { limit: 1 } });
    expect((await list()).items).toMatchObject([{ state: 'waiting' }]);
    const inAMinute = () => new Date(now().getTime() + 61_000);
    expect(await workOutVersions({ ...foundation.portal, now: inAMinute })).toEqual([]);
    expect((await list()).items).toMatchObject([{ state: 'complete' }]);
  });

  it('has no versions for a project that never existed', async () => {
    expect(await commitsOf(parseProjectSlug('nobody'))).toEqual([]);
  });
});
