/**
 * From a pipeline of GitLab to a signed release, whole: the component's own commands as a runner starts them, the portal's own routes,
 * the real signer with its HSM, scanner and timestamp authority, and a GitLab that the signer asks itself. Nobody has a secret but the approver.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ontoGitLab, releaseFile } from '#core/policy/gitlab-origin.fixture.ts';
import { filledIn, runComponent } from '../../../gitlab-component/component.fixture.ts';
import { exampleJob, type PipelineJob } from '../../build-system/index.ts';
import { startTokenService, type TokenService } from '../../github/index.ts';
import {
  startGitLabApi,
  tokenClaimsOf,
  type GitLabApiFake,
  type Job,
  type Pipeline,
} from '../../gitlab/index.ts';
import { testFolder } from '../index.ts';
import { approve, approveWhenAsked } from './approve.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';
import { PortalUnderTest } from './portal-under-test.ts';
import { expectSigned } from './expect-signed.ts';

const issuer = 'https://gitlab.com';
/** The account of the seed's maintainer there. */
const maintainer = '777';
const example = { id: 20_000_001, namespace: { id: 7_000_001, path: 'countersign-demo/tools' } };

let folder: Awaited<ReturnType<typeof testFolder>>;
let system: FoundationUnderTest;
let gitLab: GitLabApiFake;
let tokens: TokenService;
let portal: PortalUnderTest;
beforeAll(async () => {
  folder = await testFolder('from-gitlab');
  [gitLab, tokens] = await Promise.all([
    startGitLabApi({ ...example, path: 'esbuild-windows' }),
    startTokenService(),
  ]);
  system = await FoundationUnderTest.start({
    codeHosts: [{ api: gitLab.api, token: 'glpat-maintainer' }],
    adapt: async (policies) => {
      const lines =
        '  requirePipelineSuccess: true\n  retries: refused\n  environment: release\n  protectedTag: {create: maintainers}\n';
      for (const [file, from, to] of [
        ...ontoGitLab('development'),
        ['trust/root.yaml', `issuer: ${issuer}\n`, `issuer: ${issuer}\n    hostApi: ${gitLab.api}\n`],
        [releaseFile, '  runner: gitlab-hosted\n', `  runner: gitlab-hosted\n${lines}`],
        ['people/demo-maintainer.yaml', "  github: '900001'", `  gitlab: '${maintainer}'`],
      ] as const) {
        const text = await readFile(join(policies, file), 'utf8');
        const changed = text.replace(from, to);
        expect(changed, file).not.toBe(text);
        await writeFile(join(policies, file), changed);
      }
    },
  });
  portal = await PortalUnderTest.start(system, tokens, { buildKeysOf: [issuer] });
  project().tagRules.push({ name: 'v*', create: [{ level: 40 }] });
  project().commit({ 'main.go': 'package main' }, 'main');
});
afterEach(() => {
  expect(gitLab.misfits).toEqual([]);
});
afterAll(async () => {
  await portal.stop();
  await system.stop();
  await Promise.all([gitLab.stop(), tokens.stop()]);
  await folder.release();
});

function project() {
  const found = gitLab.projects.get(example.id);
  if (found === undefined) throw new Error('the fake has the project');
  return found;
}

interface Built {
  readonly pipeline: Pipeline;
  readonly build: Job;
  readonly commit: string;
  readonly workspace: string;
  readonly artifact: Uint8Array;
  readonly job: Partial<PipelineJob>;
}

/** A pipeline of a tag whose first job built a package and attested it; a second one, which submits, has just begun. */
async function built(tag: string): Promise<Built> {
  const commit = project().commit({ 'main.go': `package ${tag.replaceAll('.', '_')}` }, 'main');
  project().tag(tag, commit, true);
  const pipeline = project().pipeline({ sha: commit, ref: tag, tag: true, source: 'push' });
  pipeline.status = 'running';
  const build = project().job(pipeline, 'release');
  project().job(pipeline, 'countersign', { stage: 'deploy', status: 'running' });
  const job: Partial<PipelineJob> = {
    issuer,
    projectPath: 'countersign-demo/tools/esbuild-windows',
    ref: tag,
    refType: 'tag',
    sha: commit,
    ciConfigSha: commit,
    jobId: String(build.id),
    environment: 'release',
  };
  const artifact = await packageWith(`from GitLab ${tag}`);
  const workspace = join(folder.folder, tag);
  await mkdir(workspace);
  await writeFile(join(workspace, 'package.tgz'), artifact);
  await writeFile(join(workspace, 'attestation.sigstore.json'), await system.attest(artifact, { job }));
  return { pipeline, build, commit, workspace, artifact, job };
}

/** The job that the component adds, with what GitLab gives it at its start. */
function submit(
  { workspace, job, pipeline }: Built,
  given: Readonly<Record<string, unknown>>,
  meanwhile: (log: string) => void = () => undefined,
) {
  const inputs = {
    portal: portal.url,
    project: 'esbuild-demo',
    policy: 'release-signing',
    from: 'release',
    file: 'package.tgz',
    environment: 'release',
    ...given,
  };
  const { environment, id_tokens: wanted } = filledIn(inputs) as {
    environment: string;
    id_tokens: { COUNTERSIGN_ID_TOKEN: { aud: string } };
  };
  const submitting = pipeline.jobs.find(({ name }) => name === 'countersign');
  const iat = Math.floor(Date.now() / 1000);
  const token = tokens.sign({
    ...tokenClaimsOf(
      { ...exampleJob, ...job, jobId: String(submitting?.id), environment },
      { userId: maintainer, pipelineId: String(pipeline.id) },
    ),
    iss: issuer,
    aud: wanted.COUNTERSIGN_ID_TOKEN.aud,
    jti: randomUUID(),
    iat,
    nbf: iat - 5,
    exp: iat + 3600,
  });
  return runComponent({ workspace, environment: { COUNTERSIGN_ID_TOKEN: token }, meanwhile }, inputs);
}

it('a pipeline submits what it built with nothing but its identity, waits while people decide, and has the signed file', async () => {
  const made = await built('v1.2.0');
  const { look, approved } = approveWhenAsked((id) => approve(system, portal, id));
  const { status, log, outputs } = await submit(made, { wait: 'poll' }, look);
  expect(status, log).toBe(0);
  await approved();
  expect(outputs).toMatchObject({ STATE: 'completed', SIGNED_FILE: 'signed/package.tgz' });

  const request = outputs['REQUEST_ID'] ?? '';
  const journal = await system.journal(request);
  const looks = journal.filter(({ kind }) => kind === 'host.asked');
  expect(looks.map(({ body }) => body['step'])).toEqual(expect.arrayContaining(['origin', 'recheck']));
  expect(gitLab.log.some(({ path }) => path.includes(`/projects/${example.id}/jobs/${made.build.id}`))).toBe(
    true,
  );
  const { rows } = await system.portal.query<{ readonly submitted_by: string }>(
    'SELECT submitted_by FROM portal.signing_request WHERE id = $1',
    [request],
  );
  expect(rows[0]?.submitted_by).toBe(
    `build:gitlab/${example.id}/${made.pipeline.id}/1 by person:demo-maintainer`,
  );
  await expectSigned(system, made.workspace, outputs['SIGNED_FILE'] ?? '');
});

it('what GitLab itself says stops what is well attested: a job that was run twice, and a tag that moved while people decided', async () => {
  const twice = await built('v1.3.0');
  project().job(twice.pipeline, 'release');
  const refused = await submit(twice, {});
  const first = refused.outputs['REQUEST_ID'] ?? '';
  await system.untilStatus(first, 'denied', 'completed', 'waiting-for-approval');
  expect(await system.failedRules(first)).toEqual(['origin.host-retries']);

  const moved = await built('v1.4.0');
  const { outputs } = await submit(moved, {});
  const id = outputs['REQUEST_ID'] ?? '';
  await system.untilStatus(id, 'waiting-for-approval', 'denied');
  project().tag('v1.4.0', project().commit({ 'main.go': 'package other' }, 'main'));
  await approve(system, portal, id);
  await system.untilStatus(id, 'denied', 'completed');
  expect(await system.failedRules(id)).toEqual(['origin.host-tag']);
  expect(await system.keyHolderEntries(id)).toEqual([]);
});

it('a job of another pipeline than the policy’s gets no request, whatever its attestation says', async () => {
  const made = await built('v1.5.0');
  const fork = { projectId: '99', projectPath: 'somebody/esbuild-windows' };
  const { status, log } = await submit({ ...made, job: { ...made.job, ...fork } }, {});
  expect(status, log).toBe(1);
  expect(log).toContain('No policy in force takes builds of the repository with the id 99.');
  const { rows } = await system.portal.query(
    'SELECT 1 FROM portal.signing_request WHERE submitted_by LIKE $1',
    ['build:gitlab/99/%'],
  );
  expect(rows).toEqual([]);
});
