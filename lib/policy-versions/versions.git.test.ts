import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitAccepted } from '../../dev/foundation/index.ts';
import { runCommand } from '../../dev/stack/index.ts';
import { parseCommitSha, parseProjectSlug } from '../core/ids/index.ts';
import { openFoundation } from '../policy-changes/open-foundation.fixture.ts';
import {
  listAcceptedCommits,
  listProjectVersions,
  readProjectVersion,
  readRepositoryVersion,
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
    return page.items.map((one) => one.commit);
  };

  it('shows of a project only the commits that changed it, with what they meant', async () => {
    const first = foundation.initialCommit;
    const second = await commit(esbuildPolicy, "\n    tags: ['v*']", '');
    const third = await commit(zipPolicy, ', workflow_dispatch', '');
    const fourth = await commit('foundation.yaml', 'name: Countersign Demo Foundation', 'name: Another Name');
    expect(await commitsOf(esbuild)).toEqual([second, first]);
    expect(await commitsOf(zip)).toEqual([third, first]);
    const { items } = await listAcceptedCommits({ ctx: foundation.portal, input: { limit: 20 } });
    expect(items.map((one) => one.commit)).toEqual([fourth, third, second, first]);
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

  it('gives every version once over pages of any size', async () => {
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
        seen.push(...page.items.map((one) => one.commit));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(made);
    }
  });

  it('shows a version as it was then, with its neighbours and its difference', async () => {
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
      .find((one) => one.slug === 'release-signing')
      ?.sections.flatMap((one) => one.sentences)
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

  it('has no version of a project that never was', async () => {
    expect(await commitsOf(parseProjectSlug('nobody'))).toEqual([]);
  });
});
