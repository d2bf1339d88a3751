/** The demo's project on GitLab in a whole foundation: the development GitLab as the stack starts it, keys and certificates, a release. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoJob } from '../gitlab/index.ts';
import { prepareStackPaths, type RunningService } from '../stack/index.ts';
import { startGitLabService } from '../stack/gitlab/start.ts';
import { packageWith } from '../test/system/demo-package.ts';
import { FoundationUnderTest } from '../test/system/foundation-under-test.ts';
import { testFolder } from '../test/index.ts';
import { gitLabProject, seedWithGitLab, withGitLab } from './on-gitlab.ts';

let folder: Awaited<ReturnType<typeof testFolder>>;
let gitLab: RunningService;
let system: FoundationUnderTest;
beforeAll(async () => {
  folder = await testFolder('demo-on-gitlab');
  gitLab = await startGitLabService(prepareStackPaths(folder.folder));
  system = await FoundationUnderTest.start({
    ...withGitLab({ gitLab }),
    seed: await seedWithGitLab(folder.folder),
  });
});
afterAll(async () => {
  await system.stop();
  await gitLab.stop();
  await folder.release();
});

it('is released, by what GitLab says and what its approver signs', async () => {
  const artifact = await packageWith('the demo on GitLab');
  const id = await system.ask({ artifact, job: demoJob, project: gitLabProject });
  await system.untilStatus(id, 'waiting-for-approval', 'denied');
  expect(await system.failedRules(id)).toEqual([]);
  await system.approve(id, artifact, { project: gitLabProject, sourceCommit: demoJob.sha });
  await system.untilStatus(id, 'completed', 'denied', 'failed');
  expect(await system.failedRules(id)).toEqual([]);
  expect(await system.releasedFile(id)).not.toBeNull();
  const asked = (await system.journal(id)).filter(({ kind }) => kind === 'host.asked');
  expect(asked.length).toBeGreaterThan(0);
});
