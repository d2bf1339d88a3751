/** The demo's project on GitLab in a whole foundation: the development GitLab as the stack starts it, keys and certificates, a release. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToken } from '../../cli/tokens.ts';
import { startTokenService } from '../github/index.ts';
import { demoJob } from '../gitlab/index.ts';
import { prepareStackPaths, type RunningService } from '../stack/index.ts';
import { startGitLabService } from '../stack/gitlab/start.ts';
import { packageWith } from '../test/system/demo-package.ts';
import { FoundationUnderTest } from '../test/system/foundation-under-test.ts';
import { PortalUnderTest } from '../test/system/portal-under-test.ts';
import { testFolder } from '../test/index.ts';
import { gitLabProject, seedWithGitLab, withGitLab } from './on-gitlab.ts';
import { demoRequests, playRequest } from './scenario.ts';

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

it('is submitted by the demo’s own steps to the portal, approved there and fetched', async () => {
  const tokens = await startTokenService();
  const portal = await PortalUnderTest.start(system, tokens, { buildKeysOf: [] });
  try {
    const url = portal.url;
    const keyFile = system.keyOf('demo-maintainer');
    const common = { portal: { url, token: null }, project: gitLabProject, keyFile };
    const { token } = await createToken({ ...common, name: 'demo', policies: [], days: 90 });
    const genuine = join(folder.folder, 'genuine.tgz');
    await writeFile(genuine, await packageWith('the demo on GitLab, from outside'));
    const artifacts = { label: 'a program', genuine, infected: genuine, altered: genuine };
    const [request] = demoRequests(artifacts, { asksHost: false, onGitLab: true });
    if (request === undefined) throw new Error('the demo has a request on GitLab');
    const { foundation } = system;
    const played = { foundation, portal: { url, token }, folder: folder.folder, say: () => undefined };
    const { view, signedArtifact } = await playRequest(played, request);
    expect(view.status).toBe('completed');
    expect(signedArtifact).not.toBeNull();
  } finally {
    await portal.stop();
    await tokens.stop();
  }
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
