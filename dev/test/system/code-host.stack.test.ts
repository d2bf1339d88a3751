/** A build through the whole real signer, whose policy has the code host asked: before anything is opened and before anything is signed. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGitHub, type GitHubFake } from '../../github/index.ts';
import { demoRun, packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

let system: FoundationUnderTest;
let gitHub: GitHubFake;
beforeAll(async () => {
  gitHub = await startGitHub();
  system = await FoundationUnderTest.start({
    codeHosts: [{ api: gitHub.url, token: 'dev-signer' }],
    adapt: async (folder) => {
      const edit = async (file: string, from: string, to: string): Promise<void> => {
        const text = await readFile(join(folder, file), 'utf8');
        expect(text).toContain(from);
        await writeFile(join(folder, file), text.replace(from, to));
      };
      await edit(
        'trust/root.yaml',
        '    trustRoot: development',
        `    trustRoot: development\n    hostApi: ${gitHub.url}`,
      );
      const policy = 'projects/esbuild-demo/policies/release-signing.yaml';
      await edit(policy, '  runner: github-hosted', '  runner: github-hosted\n  requireRunSuccess: true');
    },
  });
});
afterAll(async () => {
  await system.stop();
  await gitHub.stop();
});

it('is asked in both steps, its answers are in the journal, and a tag that moved while people decided is refused', async () => {
  const { state } = gitHub;
  const [id, ownerId] = [Number(demoRun.repository.id), Number(demoRun.repository.ownerId)];
  const [template] = state.repositories.values();
  if (template === undefined) throw new Error('the fake has repositories');
  const owner = { id: ownerId, login: 'countersign-demo', name: 'Demo', type: 'Organization' } as const;
  state.accounts.set(ownerId, { ...owner, createdAt: state.now(), followers: 0, publicRepositories: 1 });
  state.repositories.set(id, { ...template, id, ownerId, name: 'esbuild-windows' });
  const builds = state.startBuilding(id);
  const commit = builds.commit({ 'main.go': 'package main' }, 'main');
  builds.tag('v1.0.0', commit);
  const built = { path: demoRun.workflow, event: 'push', headBranch: 'v1.0.0', headSha: commit };
  const { id: runId } = builds.run(built);
  const artifact = await packageWith('asked of the host');
  const ask = { artifact, run: { ...demoRun, commit, runId: String(runId) } };

  const good = await system.ask(ask);
  await system.untilStatus(good, 'waiting-for-approval', 'denied');
  expect(await system.failedRules(good)).toEqual([]);
  await system.approve(good, artifact, { sourceCommit: commit });
  await system.untilStatus(good, 'completed', 'denied');
  const looks = (await system.journal(good)).flatMap(({ kind, body }) =>
    kind === 'host.asked'
      ? [body as { readonly step: string; readonly answers: { readonly status: number }[] }]
      : [],
  );
  expect(looks.map(({ step }) => step)).toEqual(['origin', 'origin', 'recheck']);
  expect(looks[0]?.answers.every(({ status }) => status === 200)).toBe(true);
  expect(looks[2]?.answers.every(({ status }) => status === 304)).toBe(true);

  const moved = await system.ask(ask);
  await system.untilStatus(moved, 'waiting-for-approval', 'denied');
  builds.tag('v1.0.0', builds.commit({ 'main.go': 'package evil' }, 'main'));
  await system.approve(moved, artifact, { sourceCommit: commit });
  expect(await system.untilStatus(moved, 'completed', 'denied')).toMatchObject({ status: 'denied' });
  expect(await system.failedRules(moved)).toEqual(['origin.host-tag']);
  expect(await system.keyHolderEntries(moved)).toEqual([]);
});
