/** Files of GitLab's jobs, each taken from among a job's artifacts by itself: what is compared, and that the token goes to GitLab alone. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedOnGitLab } from '#core/policy/gitlab-origin.fixture.ts';
import { parsePolicySlug } from '#core/ids/index.ts';
import { portalToken, seededProjects, startGitLabProjects } from '../../dev/gitlab/projects/index.ts';
import type { GitLabProjectsFake } from '../../dev/gitlab/projects/index.ts';
import { findProvenance, jobFileOf, startFetch } from './index.ts';
import { openFetches, project, sha256Of } from './open-fetches.fixture.ts';

const pipeline = 8_000_001;
const projectId = 20_000_001;
const policy = parsePolicySlug('release-signing');

let gitLab: GitLabProjectsFake;
let on: Awaited<ReturnType<typeof openFetches>>;
let storage: Server;
const stored: (string | undefined)[] = [];
let kept: Buffer;
beforeAll(async () => {
  gitLab = await startGitLabProjects();
  const { state } = gitLab;
  const widget = state.need(seededProjects.widget);
  state.namespaces.set(7_000_001, {
    id: 7_000_001,
    kind: 'group',
    fullPath: 'countersign-demo/tools',
    name: 'Tools',
    createdAt: '2020-01-01T00:00:00.000Z',
    userId: null,
  });
  state.projects.set(projectId, {
    ...widget,
    id: projectId,
    namespaceId: 7_000_001,
    path: 'esbuild-windows',
  });
  storage = createServer((request, response) => {
    stored.push(request.headers.authorization);
    response.end(kept);
  });
  await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
  on = await openFetches({ url: gitLab.url, token: portalToken, files: seedOnGitLab() });
});
afterAll(async () => {
  await on.close();
  await gitLab.stop();
  storage.close();
});

let made = 0;
const content = (size = 50_000): Buffer => Buffer.alloc(size, `file ${(made += 1)} `);
const begin = (
  job: number,
  path: string,
  { runId = String(pipeline), host = 'gitlab' as const, token = null as string | null } = {},
) =>
  startFetch({
    ctx: on.ctx,
    input: { project, policy, host, runId, artifactId: jobFileOf(String(job), path), token },
  });
const ended = async (...of: Parameters<typeof begin>) => on.ended((await begin(...of)).id);
const failing = (code: string) => ({ state: 'failed', file: null, problem: { code } });

describe('a file of a job', () => {
  it('is taken as it was, out of what GitLab packed, and never twice', async () => {
    const bytes = content();
    const path = 'out/läuft gut.tgz';
    const job = gitLab.state.leave(projectId, pipeline, { [path]: bytes, 'out/other': content() });
    const found = await ended(job, path);
    expect(found).toMatchObject({
      state: 'fetched',
      runId: String(pipeline),
      file: { sha256: sha256Of(bytes), sizeBytes: bytes.length, name: 'läuft gut.tgz', packed: false },
    });
    const asked = gitLab.log.length;
    expect(await begin(job, path)).toMatchObject({ id: found.id, created: false });
    expect(gitLab.log).toHaveLength(asked);
    // Another file of the same job is another fetch.
    expect((await ended(job, 'out/other')).id).not.toBe(found.id);
    expect(gitLab.misfits).toEqual([]);
  });

  it('is taken from where GitLab leads, without the token', async () => {
    kept = content();
    const job = gitLab.state.leave(projectId, pipeline, { a: Buffer.from('not this') });
    const left = gitLab.state.jobs.get(job);
    if (left === undefined) throw new Error('no job');
    left.elsewhere = `http://127.0.0.1:${(storage.address() as AddressInfo).port}/a?signature=s`;
    expect(await ended(job, 'a')).toMatchObject({ state: 'fetched', file: { sha256: sha256Of(kept) } });
    expect(stored).toEqual([undefined]);
    left.elsewhere = 'https://10.0.0.1/a?signature=secret';
    left.files.set('b', Buffer.from('b'));
    const refused = await ended(job, 'b');
    expect(refused).toMatchObject(failing('HOST_ADDRESS_REFUSED'));
    expect(refused.problem?.message).not.toContain('secret');
  });

  it('of another pipeline or project, one that isn’t there, is too large or over is refused, and what to do is said in GitLab’s words', async () => {
    const job = gitLab.state.leave(projectId, pipeline, { a: content(), large: content(4_000_001) });
    const foreign = await ended(job, 'a', { runId: '8000002' });
    expect(foreign).toMatchObject(failing('HOST_ARTIFACT_FOREIGN'));
    expect(foreign.problem?.fix).toContain('CI_PIPELINE_ID');
    const other = gitLab.state.leave(seededProjects.widget, pipeline, { a: content() });
    expect(await ended(other, 'a')).toMatchObject(failing('HOST_ARTIFACT_MISSING'));
    expect(await ended(job, 'none')).toMatchObject(failing('HOST_ARTIFACT_MISSING'));
    expect(await ended(job, 'large')).toMatchObject(failing('ARTIFACT_TOO_LARGE'));
    const left = gitLab.state.jobs.get(job);
    if (left === undefined) throw new Error('no job');
    Object.assign(left, { removed: true, expiresAt: '2020-01-01T00:00:00.000Z' });
    const over = await ended(job, 'b');
    expect(over).toMatchObject(failing('HOST_ARTIFACT_EXPIRED'));
    expect(over.problem?.fix).toContain('expire_in');
  });

  it('of a project that has taken the path of the policy’s is refused', async () => {
    const job = gitLab.state.leave(projectId, pipeline, { a: content() });
    const mine = gitLab.state.need(projectId);
    gitLab.state.projects.delete(projectId);
    gitLab.state.projects.set(66, { ...mine, id: 66 });
    const left = gitLab.state.jobs.get(job);
    if (left === undefined) throw new Error('no job');
    gitLab.state.jobs.set(job, { ...left, projectId: 66 });
    const refused = await ended(job, 'a');
    gitLab.state.projects.delete(66);
    gitLab.state.projects.set(projectId, mine);
    expect(refused).toMatchObject(failing('HOST_ARTIFACT_FOREIGN'));
  });

  it('with a token that may not read it is refused in words about GitLab', async () => {
    const job = gitLab.state.leave(projectId, pipeline, { a: content() });
    const refused = await ended(job, 'a', { token: 'glpat-of-somebody' });
    expect(refused).toMatchObject(failing('HOST_ACCESS_DENIED'));
    expect(refused.problem?.fix).toContain('read_api');
  });

  it('isn’t asked for by the ids of another host, nor is its proof looked up there', async () => {
    await expect(begin(1, 'a', { host: 'github' as never })).rejects.toMatchObject({
      code: 'FETCH_NOT_POSSIBLE',
    });
    const { policies } = on.portal;
    const { snapshot } = await policies.at('0'.repeat(40) as never);
    const value = snapshot.projects.get(project)?.policies.get(policy)?.value;
    if (value === undefined) throw new Error('no policy');
    const asked = {
      policySlug: policy,
      sha256: sha256Of(Buffer.from('x')) as never,
      runId: null,
      token: null,
    };
    await expect(findProvenance(on.portal, { ...asked, policy: value })).rejects.toMatchObject({
      code: 'FETCH_NOT_POSSIBLE',
    });
  });
});
