/** What the real signer writes into its journal is enough to try out another policy on it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommitSha } from '#core/ids/index.ts';
import { loadSnapshot, type PolicySnapshot } from '#core/policy/index.ts';
import { parsePastRequests, replay, type PastRequest } from '#core/policy/plan/index.ts';
import { readFolder } from '../../../cli/policy/read-folder.ts';
import { openDatabase } from '../../../lib/platform/db/index.ts';
import { readPastRequests } from '../../../lib/requests/index.ts';
import { ontoGitLab } from '#core/policy/gitlab-origin.fixture.ts';
import { exampleJob } from '../../build-system/index.ts';
import { commitAccepted } from '../../foundation/index.ts';
import { runCommand } from '../../stack/index.ts';
import { demoRun, packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

const policy = 'projects/esbuild-demo/policies/release-signing.yaml';

describe('the journal of the real signer', () => {
  let system: FoundationUnderTest;
  beforeAll(async () => {
    system = await FoundationUnderTest.start();
  });
  afterAll(() => system.stop());

  async function pastRequests(): Promise<readonly PastRequest[]> {
    const db = openDatabase({ url: system.foundation.stack.database.portal });
    try {
      const { requests } = await readPastRequests({
        ctx: { db, now: () => new Date() },
        input: { limit: 100 },
      });
      // What the portal gives out is what the command line takes in.
      return parsePastRequests(JSON.parse(JSON.stringify(requests)));
    } finally {
      await db.$disconnect();
    }
  }

  /** The policy repository as it is, with a text replaced → what `work` makes of its files. */
  async function withPolicy<T>(
    file: string,
    from: string,
    to: string,
    work: (folder: string) => Promise<T>,
  ): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-replay-'));
    try {
      const { repository } = system.foundation.policies;
      await runCommand('sh', ['-c', `git --git-dir '${repository}' archive main | tar -x -C '${folder}'`]);
      const text = await readFile(join(folder, file), 'utf8');
      expect(text).toContain(from);
      await writeFile(join(folder, file), text.replace(from, to));
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  const snapshotWith = (file: string, from: string, to: string): Promise<PolicySnapshot> =>
    withPolicy(file, from, to, async (folder) => {
      const { files } = await readFolder(folder);
      const loaded = loadSnapshot(files, parseCommitSha('a'.repeat(40)));
      if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
      return loaded.snapshot;
    });

  async function outcome(id: string, file: string, from: string, to: string): Promise<string> {
    const request = (await pastRequests()).find((pastRequest) => pastRequest.id === id);
    expect(request).toBeDefined();
    if (request === undefined) return '';
    const [verdict] = replay(await snapshotWith(file, from, to), [request]);
    return `${verdict?.outcome ?? ''} ${verdict?.rule ?? ''}`.trim();
  }

  it('contains every fact of a release: nothing about it remains unknown', async () => {
    const artifact = await packageWith('replayed');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    await system.approve(id, artifact);
    await system.untilStatus(id, 'completed');
    const past = (await pastRequests()).find((request) => request.id === id);
    expect(past).toMatchObject({
      decided: 'released',
      origin: { claims: { ref: demoRun.ref, repositoryId: demoRun.repository.id } },
      inspection: { outcome: 'pass' },
      scan: 'clean',
      approvals: [{ handle: 'demo-approver', decision: 'approve' }],
    });
    expect(past?.origin?.integratedAt).not.toBeNull();
    expect(past?.inspection?.configurationSha256).toMatch(/^[0-9a-f]{64}$/);
    const program = past?.inspection?.entries?.find((entry) => entry.path[0] === 'package/esbuild.exe');
    expect(program?.facts).toEqual({ type: 'pe', signed: false, kind: 'program', texts: {} });

    expect(await outcome(id, policy, 'quorum: 1', 'quorum: 1')).toBe('allowed');
    expect(await outcome(id, policy, "tags: ['v*']", "tags: ['w*']")).toBe('denied origin.ref');
    expect(
      await outcome(id, policy, 'runner: github-hosted', 'runner: github-hosted\n  maximumAgeHours: 1'),
    ).toBe('allowed');
    const artifacts = 'projects/esbuild-demo/artifacts/windows-package.yaml';
    expect(await outcome(id, artifacts, 'path: package/README.md', 'path: package/LICENCE')).toBe(
      'denied artifact.unexpected',
    );
    const metadata = "path: package/esbuild.exe\n      metadata: { productName: 'esbuild' }";
    expect(await outcome(id, artifacts, 'path: package/esbuild.exe', metadata)).toBe('denied pe.metadata');
  });

  it('says what a refused request would have needed', async () => {
    const artifact = await packageWith('from a branch');
    const id = await system.ask({ artifact, run: { ...demoRun, ref: 'refs/heads/next' } });
    await system.untilStatus(id, 'denied');
    expect(await outcome(id, policy, 'quorum: 1', 'quorum: 1')).toBe('denied origin.ref');
    // The origin would pass; what was in the file nobody looked at any more.
    expect(await outcome(id, policy, 'branches: [main]', 'branches: [main, next]')).toBe(
      'unknown inspection',
    );
  });

  it('records nothing of an attestation that is about another file', async () => {
    const artifact = await packageWith('swapped');
    const id = await system.ask({ artifact, attested: await packageWith('attested') });
    await system.untilStatus(id, 'denied');
    const past = (await pastRequests()).find((request) => request.id === id);
    expect(past).toMatchObject({ decided: 'denied', decidedBy: 'origin.digest', origin: null });
  });

  it('shows that a waiting request is checked again under a new policy', async () => {
    const artifact = await packageWith('waits for a policy');
    const id = await system.ask({ artifact });
    await system.untilStatus(id, 'waiting-for-approval');
    await withPolicy(policy, "\n    tags: ['v*']", '', (folder) =>
      commitAccepted(system.foundation.policies, folder, 'No tags'),
    );
    // Built from a tag: what was good enough while it waited is not any more.
    await system.untilStatus(id, 'denied');
    expect(await system.failedRules(id)).toContain('origin.ref');
  });

  it('has a release that GitLab built, once the policy names its project there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-gitlab-'));
    const { policies } = system.foundation;
    await runCommand('sh', [
      '-c',
      `git --git-dir '${policies.repository}' archive main | tar -x -C '${folder}'`,
    ]);
    for (const [name, from, to] of ontoGitLab('development')) {
      const text = await readFile(join(folder, name), 'utf8');
      await writeFile(join(folder, name), text.replace(from, to));
    }
    // What builds is another: that loosens.
    const signers = ['demo-maintainer', 'demo-reviewer'];
    const policyCommit = await commitAccepted(policies, folder, 'To GitLab', signers);
    await rm(folder, { recursive: true });
    await system.untilAccepted(policyCommit);
    const artifact = await packageWith('by GitLab');
    const job = {
      issuer: 'https://gitlab.com',
      projectPath: 'countersign-demo/tools/esbuild-windows',
      ref: 'v1.0.0',
      refType: 'tag',
      sha: demoRun.commit,
      ciConfigSha: demoRun.commit,
    } as const;
    const id = await system.ask({ artifact, job });
    const merged = await system.ask({ artifact, job: { ...job, pipelineSource: 'merge_request_event' } });
    const byGitHub = await system.ask({ artifact: await packageWith('by GitHub') });
    await system.untilStatus(id, 'waiting-for-approval');
    await system.approve(id, artifact, { policyCommit });
    await system.untilStatus(id, 'completed');
    await system.untilStatus(merged, 'denied');
    expect(await system.failedRules(merged)).toEqual(['origin.trigger']);
    await system.untilStatus(byGitHub, 'denied');
    const past = (await pastRequests()).find((request) => request.id === id);
    expect(past?.origin?.claims).toMatchObject({ repositoryId: exampleJob.projectId, trigger: 'push' });
    expect(await outcome(id, policy, '[push, web]', '[web]')).toBe('denied origin.trigger');
  });
});
