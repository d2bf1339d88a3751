import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitAccepted } from '../../dev/foundation/index.ts';
import { runCommand } from '../../dev/stack/index.ts';
import { parseCommitSha, parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { acceptedPartAt, acceptedPolicyAt } from '../platform/portal/index.ts';
import { openFoundation } from '../policy-changes/open-foundation.fixture.ts';

const project = parseProjectSlug('zip-demo');
const policy = parsePolicySlug('release-signing');
const file = `projects/${project}/policies/${policy}.yaml`;

describe('a policy that a request was checked against', () => {
  let foundation: Awaited<ReturnType<typeof openFoundation>>;
  let work: string;
  beforeEach(async () => {
    foundation = await openFoundation();
    work = await mkdtemp(join(tmpdir(), 'countersign-older-'));
  });
  afterEach(async () => {
    await rm(work, { recursive: true, force: true });
    await foundation.release();
  });

  const digestOf = (snapshot: PolicySnapshot | null): string => {
    const found = snapshot === null ? null : effectivePolicy(snapshot, project, policy);
    if (found?.ok !== true) throw new Error('no policy');
    return found.value.digest;
  };

  it('is read for its project alone once another is in force, and gives the same result as the whole policy', async () => {
    const { portal, initialCommit: before } = foundation;
    await runCommand('sh', [
      '-c',
      `git --git-dir '${foundation.repository}' archive main | tar -x -C '${work}'`,
    ]);
    const text = await readFile(join(work, file), 'utf8');
    expect(text).toContain(', workflow_dispatch');
    await writeFile(join(work, file), text.replace(', workflow_dispatch', ''));
    const now = parseCommitSha(await commitAccepted(foundation, work, 'A change'));
    await foundation.signer.refresh();

    const whole: string[] = [];
    const policies: typeof portal.policies = {
      ...portal.policies,
      at: (commit) => {
        whole.push(commit);
        return portal.policies.at(commit);
      },
    };
    const source = { db: portal.db, policies };
    const older = await acceptedPartAt(source, before, { projects: [project] });
    expect(whole).toEqual([now]);
    expect([...(older?.projects.keys() ?? [])]).toEqual([project]);
    const all = (await acceptedPolicyAt(portal, before))?.snapshot ?? null;
    expect(digestOf(older)).toBe(digestOf(all));
    const inForce = await acceptedPartAt(source, now, { projects: [project] });
    expect(inForce?.projects.size).toBe(2);
    expect(digestOf(inForce)).not.toBe(digestOf(older));
    // What was only proposed is not policy.
    expect(await acceptedPartAt(source, parseCommitSha('f'.repeat(40)), { projects: [project] })).toBeNull();
  });
});
