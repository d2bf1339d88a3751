/**
 * From a project's CI to a signed release, whole: the Action as a runner starts it, the portal's own routes, the real signer with its HSM,
 * scanner and timestamp authority, and a code host that both ask. Nobody has a secret but the approver.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPublishFake, type PublishFake } from '../../../lib/platform/publish-app/on-fake.fixture.ts';
import { startTokenService, type TokenService } from '../../github/index.ts';
import { testFolder } from '../index.ts';
import { approve, approveWhenAsked } from './approve.ts';
import { demoRun, packageWith } from './demo-package.ts';
import { expectSigned } from './expect-signed.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';
import { PortalUnderTest, runAction } from './portal-under-test.ts';

const release = { project: 'esbuild-demo', policy: 'release-signing' };
const [repositoryId, ownerId] = [Number(demoRun.repository.id), Number(demoRun.repository.ownerId)];

let folder: Awaited<ReturnType<typeof testFolder>>;
let system: FoundationUnderTest;
let host: PublishFake;
let tokens: TokenService;
let portal: PortalUnderTest;
beforeAll(async () => {
  folder = await testFolder('from-ci');
  [host, tokens] = await Promise.all([openPublishFake(folder.folder), startTokenService()]);
  const { fake } = host;
  system = await FoundationUnderTest.start({
    codeHosts: [{ api: fake.url, token: 'dev-signer' }],
    adapt: async (policies) => {
      const edit = async (file: string, from: string, to: string): Promise<void> => {
        const text = await readFile(join(policies, file), 'utf8');
        expect(text).toContain(from);
        await writeFile(join(policies, file), text.replace(from, to));
      };
      // As on GitHub itself, whose accounts people's files name; attested by a Sigstore of our own.
      const root = '    trustRoot: sigstore-public-good';
      await edit('trust/root.yaml', root, `    trustRoot: development\n    hostApi: ${fake.url}`);
      const policy = 'projects/esbuild-demo/policies/release-signing.yaml';
      await edit(policy, 'buildSystem: development', 'buildSystem: github-actions');
      await edit(
        policy,
        '  runner: github-hosted',
        '  runner: github-hosted\n  requireRunSuccess: true\n  requireRunArtifact: true',
      );
      await edit(policy, 'timestamp: required', 'timestamp: required\npublish: {environment: release}');
    },
  });
  const { state } = fake;
  const [template] = state.repositories.values();
  if (template === undefined) throw new Error('the fake has repositories');
  const owner = { id: ownerId, login: 'countersign-demo', name: 'Demo', type: 'Organization' } as const;
  state.accounts.set(ownerId, { ...owner, createdAt: state.now(), followers: 0, publicRepositories: 1 });
  state.repositories.set(repositoryId, { ...template, id: repositoryId, ownerId, name: 'esbuild-windows' });
  fake.publishing.add(repositoryId, 'countersign-demo/esbuild-windows');
  const { github } = host.publishing;
  const publishing = {
    hosts: [{ issuer: tokens.issuer, apiUrl: fake.url }],
    github: { ...github, issuers: [tokens.issuer] },
  };
  portal = await PortalUnderTest.start(system, tokens, { publishing, buildKeysOf: [tokens.issuer] });
  fake.publishing.hook = `${portal.url}/api/webhooks/publishing`;
});
afterAll(async () => {
  await portal.stop();
  await system.stop();
  await Promise.all([host.fake.stop(), tokens.stop()]);
  await folder.release();
});

/** A run that built a package of a tagged commit, and attested it. */
async function build(tag: string) {
  const builds = host.fake.state.startBuilding(repositoryId);
  const commit = builds.commit({ 'main.go': `package ${tag.replaceAll('.', '_')}` }, 'main');
  builds.tag(tag, commit);
  const built = { path: demoRun.workflow, event: 'push', headBranch: tag, headSha: commit };
  const { id } = builds.run(built);
  const own = { ...demoRun, issuer: tokens.issuer, ref: `refs/tags/${tag}`, commit, runId: String(id) };
  const artifact = await packageWith(`from CI ${tag}`);
  const kept = { name: 'package.tgz', bytes: Buffer.from(artifact), archived: false };
  host.fake.state.artifacts.upload({ ...kept, repositoryId, runId: id, headSha: commit });
  const workspace = join(folder.folder, tag);
  await mkdir(workspace);
  await writeFile(join(workspace, 'package.tgz'), artifact);
  await writeFile(join(workspace, 'bundle.json'), await system.attest(artifact, { run: own }));
  return { id, job: { folder: workspace, tokens, run: own } };
}

const files = { file: 'package.tgz', bundle: 'bundle.json' };

it('a job submits what it built with nothing but its identity, waits while people decide, and has the signed file', async () => {
  const { job } = await build('v1.2.0');
  const { look: meanwhile, approved } = approveWhenAsked((id) => approve(system, portal, id));
  const given = { portal: portal.url, ...release, ...files, wait: 'poll', output: 'signed' };
  const { status, log, outputs } = await runAction({ ...job, meanwhile }, given);
  expect(log).not.toContain('::error');
  await approved();
  expect(status).toBe(0);
  expect(outputs).toMatchObject({ state: 'completed', outcome: 'released' });
  const request = outputs['request-id'] ?? '';
  const looks = (await system.journal(request)).filter(({ kind }) => kind === 'host.asked');
  expect(looks.map(({ body }) => body['step'])).toContain('recheck');
  await expectSigned(system, job.folder, outputs['signed-files'] ?? '');
});

it('a job that publishes waits on the host without a runner, over a restart of portal and signer, and starts once the file is out', async () => {
  const { id, job } = await build('v1.3.0');
  const { publishing } = host.fake;
  const submitted = await runAction(job, { portal: portal.url, ...release, ...files });
  // How far the signer is by then is its own affair; nobody has waited for people.
  expect(submitted).toMatchObject({
    status: 0,
    outputs: { state: expect.stringMatching(/^(?:received|checking|waiting-for-approval)$/) as string },
  });
  const request = submitted.outputs['request-id'] ?? '';
  publishing.wait(repositoryId, id, 'release');
  expect(await publishing.ask(id, 'release')).toBe(202);
  await portal.followJobs();
  await system.untilStatus(request, 'waiting-for-approval', 'denied');

  system.killSigner();
  await portal.stop();
  await Promise.all([system.restartSigner(), portal.restart()]);

  const said = () => publishing.runs.get(id)?.said ?? [];
  await portal.followJobs();
  expect(said().at(-1)).toMatchObject({ state: null, environment: 'release' });
  const told = fetch(`${portal.url}/api/v1/requests/${request}/events`).then((answer) => answer.text());
  await approve(system, portal, request);
  await system.untilStatus(request, 'completed', 'denied');
  // The stream ends with the request.
  expect(await told).toMatch(/"status":"completed","outcome":"released".*"final":true\}\n\n$/);
  await portal.followJobs();
  expect(said().at(-1)).toMatchObject({ state: 'approved', environment: 'release' });

  const published = await runAction(job, { portal: portal.url, 'request-id': request, output: 'signed' });
  expect(published).toMatchObject({ status: 0, outputs: { outcome: 'released' } });
  await expectSigned(system, job.folder, published.outputs['signed-files'] ?? '');
});
