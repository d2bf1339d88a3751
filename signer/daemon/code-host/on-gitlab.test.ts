/** What an attacker can do to a build of GitLab's without breaking its certificate, and the check that stops each. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openOnGitLab, type GitLabLines, type OnGitLab } from './on-gitlab.fixture.ts';

let built: OnGitLab;
beforeEach(async () => {
  built = await openOnGitLab();
});
afterEach(async () => {
  expect(built.gitLab.misfits).toEqual([]);
  await built.gitLab.stop();
});

const everything: GitLabLines = {
  requirePipelineSuccess: true,
  retries: 'refused',
  pipelineVariables: 'no-one',
  runners: { kinds: ['instance'] },
  commitOn: ['main'],
  protectedBranch: {
    push: 'no-one',
    merge: 'maintainers',
    blockForcePushes: true,
    requireCodeOwnerApproval: true,
    minApprovals: 1,
  },
  protectedTag: { create: 'maintainers' },
};

function protectAll({ project }: OnGitLab): void {
  project.branchRules.push({
    name: 'main',
    push: [{ level: 0 }],
    merge: [{ level: 40 }],
    allowForcePush: false,
    codeOwners: true,
  });
  project.tagRules.push({ name: 'v*', create: [{ level: 40 }] });
  project.approvalRules.push({
    type: 'regular',
    required: 2,
    approvers: [1, 2, 3],
    allProtected: false,
    branches: [],
  });
}

/** The build of another commit. */
function of(commit: string, lines: GitLabLines = {}) {
  built.pipeline.sha = commit;
  built.project.tag('v1.0.0', commit);
  return built.judge(lines, { commit: commit as OnGitLab['claims']['commit'] });
}

test('an honest release passes every check, within twelve requests, and the next look is answered by 304', async () => {
  protectAll(built);
  const { project } = built;
  // The branch has gone on since.
  project.commit({ 'main.c': 'int main(void);' }, 'main');
  const { findings, failed, answers } = await built.judge(everything);
  expect(failed).toEqual([]);
  expect(findings.every(({ outcome }) => outcome === 'pass')).toBe(true);
  expect(answers).toHaveLength(12);
  const { log } = built.gitLab;
  await built.judge(everything);
  expect(log).toHaveLength(24);
  expect(log.slice(12).every(({ status }) => status === 304)).toBe(true);
});

test('an answer that is as it was costs GitLab’s limit as much as another', async () => {
  // 60 an hour for this project, seven each.
  const limited = await openOnGitLab(undefined, 120);
  try {
    for (let look = 0; look < 9; look += 1) await limited.judge();
    await expect(limited.judge()).rejects.toMatchObject({ code: 'HOST_UNAVAILABLE' });
  } finally {
    await limited.gitLab.stop();
  }
});

test('a policy that asks for nothing sends nothing', () => {
  const { policy } = built.asked({ codeHost: 'not-asked' });
  expect(policy).toMatchObject({ host: null });
});

describe('the row of', () => {
  test('a merge request from a fork: the pipeline says another source and ref than the certificate', async () => {
    built.pipeline.source = 'merge_request_event';
    built.pipeline.ref = 'refs/merge-requests/7/head';
    const { failed, found } = await built.judge();
    expect(failed).toEqual(['origin.host-run']);
    expect(found).toContain('source merge_request_event');
  });

  test('a path that was registered again: the project’s number is what is asked', async () => {
    const { gitLab, project } = built;
    gitLab.projects.delete(project.id);
    gitLab.projects.set(1, project);
    expect((await built.judge()).failed).toContain('origin.host-repository');
  });

  test('another project’s answer, of the same path, namespace and history', async () => {
    const { gitLab, project } = built;
    const other = Object.assign(Object.create(project) as typeof project, { id: 1 });
    gitLab.projects.set(project.id, other);
    expect((await built.judge()).failed).toEqual(['origin.host-repository']);
  });

  test.each<[string, (project: OnGitLab['project']) => void]>([
    ['was moved to another namespace', (project) => (project.namespaceId = 1)],
    ['has another path', (project) => (project.path = 'gadget')],
    ['is not public any more', (project) => (project.visibility = 'internal')],
  ])('a project that %s', async (_what, change) => {
    change(built.project);
    expect((await built.judge()).failed).toContain('origin.host-repository');
  });

  test('a CI configuration that lies elsewhere by now', async () => {
    for (const path of ['ci/other.yml', '.gitlab-ci.yml@evil/project', 'https://evil.example/ci.yml']) {
      built.project.configuration = path;
      expect((await built.judge()).failed).toEqual(['origin.host-configuration']);
    }
    built.project.configuration = null;
    expect((await built.judge()).failed).toEqual([]);
  });

  test('a runner of the project’s own in another job than the one that attests', async () => {
    built.project.job(built.pipeline, 'compile', { runner: { id: 9, type: 'project_type' } });
    const { failed, found } = await built.judge();
    expect(failed).toEqual(['origin.host-runners']);
    expect(found).toBe('compile: runner 9, project_type');
  });

  test('a job whose runner was removed after it ran', async () => {
    built.project.job(built.pipeline, 'compile', { runner: null });
    expect((await built.judge()).failed).toEqual(['origin.host-runners']);
  });

  test('a runner of one’s own in a pipeline that the pipeline started', async () => {
    const { project, pipeline, commit } = built;
    const child = project.pipeline({ sha: commit, ref: 'v1.0.0', tag: true, source: 'parent_pipeline' });
    project.job(pipeline, 'start', { downstream: child, runner: null });
    project.job(child, 'compile');
    expect((await built.judge()).failed).toEqual([]);
    project.job(child, 'more', { runner: { id: 9, type: 'group_type' } });
    expect((await built.judge()).failed).toEqual(['origin.host-runners']);
    const other = project.commit({ 'main.c': 'evil' }, 'evil');
    child.sha = other;
    const { failed, found } = await built.judge();
    expect(failed).toEqual(['origin.host-runners']);
    expect(found).toContain(other);
  });

  test('a pipeline that a retried job started: it is none of the last attempt’s', async () => {
    const { project, pipeline, commit } = built;
    const child = () =>
      project.pipeline({ sha: commit, ref: 'v1.0.0', tag: true, source: 'parent_pipeline' });
    const [first, second] = [child(), child()];
    project.job(first, 'compile', { runner: { id: 9, type: 'project_type' } });
    project.job(second, 'compile');
    project.job(pipeline, 'start', { downstream: first, runner: null });
    expect((await built.judge()).found).toBe('compile: runner 9, project_type');
    project.job(pipeline, 'start', { downstream: second, runner: null });
    expect((await built.judge()).found).toBe('compile: runner 9, project_type');
    const { failed, findings } = await built.judge({ retries: 'refused' });
    expect(failed).toEqual(['origin.host-runners', 'origin.host-retries']);
    expect(findings.find(({ rule }) => rule === 'origin.host-retries')?.found).toBe('start');
  });

  test('a pipeline that was deleted after it ran', async () => {
    const { project, pipeline, commit } = built;
    const child = project.pipeline({ sha: commit, ref: 'v1.0.0', tag: true, source: 'parent_pipeline' });
    project.job(child, 'compile', { runner: { id: 9, type: 'project_type' } });
    const start = project.job(pipeline, 'start', { downstream: child, runner: null });
    project.pipelines.delete(child.id);
    for (const status of ['success', 'failed', 'canceled']) {
      start.status = status;
      const { failed, found } = await built.judge();
      expect([failed, found]).toEqual([['origin.host-runners'], `start (${status})`]);
    }
  });

  test.each<[string, Parameters<OnGitLab['project']['job']>[2]]>([
    ['could start none', { status: 'failed', failureReason: 'downstream_pipeline_creation_failed' }],
    ['waits for a person', { status: 'manual', startedAt: null }],
    ['was canceled before', { status: 'canceled', startedAt: null }],
  ])('no pipeline of a job that %s', async (_what, changes) => {
    built.project.job(built.pipeline, 'start', { downstream: null, runner: null, ...changes });
    expect((await built.judge()).failed).toEqual([]);
  });

  test('a job that is about to start a pipeline: which, is waited for', async () => {
    const changes = { downstream: null, runner: null, status: 'running' };
    built.project.job(built.pipeline, 'start', changes);
    expect(await built.judge()).toMatchObject({ failed: [], later: 'a job starts a pipeline: start' });
  });

  test('a job that was skipped, or waits for a person, is no reason', async () => {
    built.project.job(built.pipeline, 'docs', { status: 'skipped' });
    built.project.job(built.pipeline, 'publish', { status: 'manual' });
    expect((await built.judge()).failed).toEqual([]);
  });

  test('a job that isn’t there', async () => {
    const { failed } = await built.judge({}, { runUri: `${built.uri}/-/jobs/9` });
    expect(failed).toEqual(['origin.host-run', 'origin.host-runners']);
  });

  test('a job that its pipeline doesn’t list', async () => {
    // Asked for between the job and the list of jobs.
    const act = (): void => {
      built.pipeline.jobs = [];
    };
    built.gitLab.inject({ path: /\/jobs\?/, mishap: { kind: 'meanwhile', act } });
    const { failed, found } = await built.judge();
    expect([failed, found]).toEqual([['origin.host-runners'], '0 others']);
  });

  test('a retried job, which a floor can ask for now', async () => {
    const { project, pipeline } = built;
    expect((await built.judge({ retries: 'refused' })).failed).toEqual([]);
    project.job(pipeline, 'test', { status: 'failed' });
    project.job(pipeline, 'test');
    expect((await built.judge()).failed).toEqual([]);
    const { failed, found } = await built.judge({ retries: 'refused' });
    expect([failed, found]).toEqual([['origin.host-retries'], 'test']);
  });

  test('an imposter commit: a merge request’s from a fork, which the project’s own address shows', async () => {
    const { project } = built;
    const main = project.objects.refs.get('refs/heads/main');
    expect((await of(project.commit({ 'main.c': 'evil' }, null, main))).failed).toEqual([
      'origin.host-commit',
    ]);
    expect((await of(project.commit({ 'main.c': 'evil' }, null))).failed).toEqual(['origin.host-commit']);
    const on = await of(project.commit({ 'main.c': 'good' }, 'stable'), { commitOn: ['main', 'stable'] });
    expect(on.failed).toEqual([]);
    expect((await built.judge({ commitOn: ['gone'] })).failed).toContain('origin.host-commit');
  });

  test('a tag called like the branch: branches are compared by their head’s whole name', async () => {
    const { project } = built;
    const evil = project.commit({ 'main.c': 'evil' }, null);
    project.objects.refs.set('refs/tags/main', evil);
    expect((await of(evil)).failed).toEqual(['origin.host-commit']);
  });

  test('a tag that moved, and one that is gone', async () => {
    const { project } = built;
    project.tag('v1.0.0', project.commit({}, 'main'), true);
    expect((await built.judge()).failed).toEqual(['origin.host-tag']);
    project.tags.clear();
    const { failed, found } = await built.judge();
    expect([failed, found]).toEqual([['origin.host-tag'], 'no such tag']);
  });

  test('a build of a branch asks nothing of tags', async () => {
    Object.assign(built.pipeline, { ref: 'main', tag: false });
    const { failed, findings } = await built.judge({ protectedTag: {} }, { ref: 'refs/heads/main' });
    expect(failed).toEqual([]);
    expect(findings.map(({ rule }) => rule)).not.toContain('origin.tag-rules');
  });
});

describe('runners by kind and number', () => {
  test('are each one of them, whatever the certified runner is', async () => {
    built.project.job(built.pipeline, 'compile', { runner: { id: 9, type: 'project_type' } });
    const with_ = async (runners: GitLabLines['runners']) =>
      (await built.judge(runners === undefined ? {} : { runners })).failed;
    expect(await with_({ kinds: ['instance', 'project'] })).toEqual([]);
    expect(await with_({ kinds: ['instance'], ids: ['9'] })).toEqual([]);
    expect(await with_({ ids: ['9'] })).toEqual(['origin.host-runners']);
    expect(await with_({ kinds: ['group'] })).toEqual(['origin.host-runners']);
    expect((await built.judge({ runner: 'self-hosted' })).failed).toEqual([]);
  });
});

describe('the success of the pipeline', () => {
  const success: GitLabLines = { requirePipelineSuccess: true };

  test('is refused where it failed, was canceled, or a job of it failed meanwhile', async () => {
    for (const status of ['failed', 'canceled', 'skipped']) {
      built.pipeline.status = status;
      expect((await built.judge(success)).failed).toEqual(['origin.run-success']);
    }
    built.pipeline.status = 'running';
    built.project.job(built.pipeline, 'sign', { status: 'running' });
    const bad = built.project.job(built.pipeline, 'test', { status: 'failed' });
    expect((await built.judge(success)).failed).toEqual(['origin.run-success']);
    bad.allowFailure = true;
    expect((await built.judge(success)).failed).toEqual([]);
  });

  test('is that of the pipelines that it started, too, though GitLab calls it one without them', async () => {
    const { project, pipeline, commit } = built;
    const child = project.pipeline({ sha: commit, ref: 'v1.0.0', tag: true, source: 'parent_pipeline' });
    project.job(pipeline, 'start', { downstream: child, runner: null });
    const test_ = project.job(child, 'test', { status: 'failed' });
    expect((await built.judge(success)).failed).toEqual(['origin.run-success']);
    test_.allowFailure = true;
    expect(await built.judge(success)).toMatchObject({ failed: [], later: null });
    test_.status = 'running';
    expect((await built.judge(success)).later).toBe("the pipeline isn't over: test (running)");
    test_.status = 'manual';
    expect(await built.judge(success)).toMatchObject({ failed: [], later: null });
  });

  test('passes where only the job that submits runs, and those after it haven’t begun', async () => {
    const { project, pipeline } = built;
    pipeline.status = 'running';
    const sign = project.job(pipeline, 'sign', { status: 'running' });
    project.job(pipeline, 'publish', { status: 'created' });
    expect(await built.judge(success)).toMatchObject({ failed: [], later: null });
    project.job(pipeline, 'release', { status: 'manual' });
    Object.assign(sign, { status: 'success' });
    pipeline.status = 'manual';
    expect(await built.judge(success)).toMatchObject({ failed: [], later: null });
  });

  test('is waited for while others run, or the next is about to', async () => {
    const { project, pipeline } = built;
    pipeline.status = 'running';
    const next = project.job(pipeline, 'next', { status: 'created' });
    expect((await built.judge(success)).later).toBe("the pipeline isn't over: next (created)");
    for (const status of ['pending', 'scheduled', 'waiting_for_resource', 'canceling']) {
      next.status = status;
      expect((await built.judge(success)).later).not.toBeNull();
    }
    next.status = 'running';
    project.job(pipeline, 'sign', { status: 'running' });
    const { later, findings } = await built.judge(success);
    expect(later).not.toBeNull();
    expect(findings.map(({ rule }) => rule)).not.toContain('origin.run-success');
  });

  test('counts the last of a job’s attempts', async () => {
    const { project, pipeline } = built;
    pipeline.status = 'running';
    project.job(pipeline, 'test', { status: 'failed' });
    project.job(pipeline, 'test');
    project.job(pipeline, 'sign', { status: 'running' });
    expect((await built.judge(success)).failed).toEqual([]);
  });
});
