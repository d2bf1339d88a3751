/** What an attacker can do to a build without breaking its certificate, and the check that stops each. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { before, openBuilt, workflow, workflowPath, type Built, type Lines } from './built.fixture.ts';

let built: Built;
beforeEach(async () => {
  built = await openBuilt();
});
afterEach(async () => {
  expect(built.gitHub.misfits).toEqual([]);
  await built.gitHub.stop();
});

const everything: Lines = {
  requireRunSuccess: true,
  commitOn: ['main'],
  branchRulesets: { rules: { blockForcePushes: true, pullRequest: { minApprovals: 1 } } },
  tagRulesets: { rules: { restrictUpdates: true, restrictDeletions: true } },
  release: 'immutable',
  caches: 'refused',
  actions: 'pinned',
};

function protectAll({ builds }: Built): void {
  builds.protect(
    'branch',
    {
      rules: [
        { type: 'non_fast_forward' },
        { type: 'pull_request', parameters: { required_approving_review_count: 2 } },
      ],
    },
    before(48),
  );
  builds.protect(
    'tag',
    { rules: [{ type: 'update' }, { type: 'deletion' }], include: ['refs/tags/v*'] },
    before(48),
  );
  builds.releases.set('v1.0.0', { draft: false, immutable: true });
}

test('an honest release passes every check, within twelve requests, and the next look costs the host nothing', async () => {
  protectAll(built);
  const { findings, failed, answers } = await built.judge(everything);
  expect(failed).toEqual([]);
  expect(findings.every(({ outcome }) => outcome === 'pass')).toBe(true);
  expect(answers.length).toBeLessThanOrEqual(12);
  const { log } = built.gitHub;
  const count = log.length;
  await built.judge(everything);
  expect(log.length).toBe(2 * count);
  expect(log.slice(count).every(({ status }) => status === 304)).toBe(true);
});

test('a build that only asks what GitHub says is six requests', async () => {
  const { failed, answers } = await built.judge({});
  expect(failed).toEqual([]);
  expect(answers.map(({ question }) => question.key.split(' ')[0])).toEqual([
    'repository',
    'run',
    'jobs',
    'tag',
    'compare',
    'tag',
  ]);
});

describe('the row of', () => {
  test('a pwn request: the workflow is also started by what strangers do', async () => {
    const on = workflow.replace('on:\n', 'on:\n  pull_request_target:\n');
    const commit = built.builds.commit({ [workflowPath]: on }, 'main');
    const { rules, failed } = await of(commit, { actions: 'pinned' });
    expect(rules).toContain('origin.workflow-triggers');
    expect(failed).toEqual(['origin.workflow-triggers']);
  });

  test('a fork’s pull request: the run’s code is another repository’s', async () => {
    const run = { ...built.run, headRepositoryId: 910_000_002 };
    built.builds.runs.set(run.id, run);
    expect((await built.judge({})).failed).toEqual(['origin.host-run']);
  });

  test('a name that was registered again: another repository answers to it', async () => {
    const { state } = built.gitHub;
    const old = state.need(built.repository);
    state.repositories.delete(built.repository);
    const another = { ...old, id: 910_000_099 };
    state.repositories.set(another.id, another);
    state.builds.set(another.id, built.builds);
    expect((await built.judge({})).failed).toContain('origin.host-repository');
  });

  test('a repository that moved: no address is followed', async () => {
    const { state } = built.gitHub;
    state.rename(built.repository, 'elsewhere');
    const { findings, failed } = await built.judge({});
    expect(failed).toContain('origin.host-repository');
    expect(findings[0]?.found).toBe('the repository has another address by now');
  });

  test('a repository that another account owns by now', async () => {
    // The name of the first was registered again.
    const { state } = built.gitHub;
    const repository = state.need(built.repository);
    const owner = state.accounts.get(repository.ownerId);
    if (owner === undefined) throw new Error('a repository without an owner');
    state.accounts.delete(owner.id);
    state.accounts.set(910_000_077, { ...owner, id: 910_000_077 });
    repository.ownerId = 910_000_077;
    const { findings, failed } = await built.judge({});
    expect(failed).toEqual(['origin.host-repository']);
    expect(findings[0]?.found).toContain('of owner 910000077');
  });

  test('a runner of one’s own in another job than the one that attests', async () => {
    const [first] = built.run.jobs;
    if (first !== undefined) first.group = 'Default';
    const { failed, findings } = await built.judge({});
    expect(failed).toEqual(['origin.host-runners']);
    expect(findings.find(({ rule }) => rule === 'origin.host-runners')?.found).toBe('build: Default');
  });

  test('a job without a runner that was skipped is no reason', async () => {
    built.run.jobs.push(built.builds.job('docs', { conclusion: 'skipped', group: null }));
    expect((await built.judge({})).failed).toEqual([]);
  });

  test('a job that says it ran and not where', async () => {
    built.run.jobs.push(built.builds.job('docs', { group: null }));
    expect((await built.judge({})).failed).toEqual(['origin.host-runners']);
  });

  test('an imposter commit: a fork’s object under the repository’s name', async () => {
    const [main] = [built.builds.objects.refs.get('refs/heads/main')];
    const imposter = built.builds.commit({ [workflowPath]: workflow, 'main.c': 'evil' }, null, main);
    built.builds.tag('v1.0.0', imposter);
    expect((await of(imposter, {})).failed).toEqual(['origin.host-commit']);
    const unrelated = built.builds.commit({ [workflowPath]: workflow }, null);
    built.builds.tag('v1.0.0', unrelated);
    expect((await of(unrelated, {})).failed).toEqual(['origin.host-commit']);
  });

  test('a tag with the name of the branch, on a commit that isn’t on the branch', async () => {
    const [main] = [built.builds.objects.refs.get('refs/heads/main')];
    const imposter = built.builds.commit({ [workflowPath]: workflow, 'main.c': 'evil' }, null, main);
    built.builds.tag('main', imposter);
    expect((await of(imposter, {})).failed).toEqual(['origin.host-commit']);
    expect((await of(built.commit, {})).failed).toEqual([]);
  });

  test('a tag that moved, and one that is gone', async () => {
    built.builds.tag('v1.0.0', built.builds.commit({}, 'main'), true);
    expect((await built.judge({})).failed).toEqual(['origin.host-tag']);
    built.builds.tags.delete('v1.0.0');
    const { failed, findings } = await built.judge({});
    expect(failed).toEqual(['origin.host-tag']);
    expect(findings.at(-1)?.message).toBe('The tag v1.0.0 isn’t there any more.');
  });

  test('a release that can still be changed', async () => {
    built.builds.releases.set('v1.0.0', { draft: false, immutable: false });
    expect((await built.judge({ release: 'immutable' })).failed).toEqual(['origin.host-release']);
    built.builds.releases.clear();
    expect((await built.judge({ release: 'immutable' })).failed).toEqual(['origin.host-release']);
    built.builds.immutableReleases = true;
    expect((await built.judge({ release: 'immutable' })).failed).toEqual([]);
  });

  test('a workflow that differs from the certified one, or was started by another event', async () => {
    const run = { ...built.run, path: '.github/workflows/other.yml', event: 'workflow_run' };
    built.builds.runs.set(run.id, run);
    const { failed, findings } = await built.judge({});
    expect(failed).toEqual(['origin.host-run']);
    expect(findings[1]?.found).toBe('.github/workflows/other.yml, event workflow_run');
  });

  test('a poisoned cache, of a run that ended in failure', async () => {
    built.run.conclusion = 'failure';
    expect((await built.judge({ requireRunSuccess: true })).failed).toEqual(['origin.run-success']);
  });

  test('a poisoned cache, restored by a step', async () => {
    for (const step of [
      `uses: actions/cache@${'b'.repeat(40)}`,
      `uses: actions/setup-go@${'b'.repeat(40)}`,
      `uses: any/action@${'b'.repeat(40)}\n        with: {cache: npm}`,
      'uses: ./.github/actions/build',
    ]) {
      const text = workflow.replace('run: make', step);
      const commit = built.builds.commit({ [workflowPath]: text }, 'main');
      expect((await of(commit, { caches: 'refused' })).failed).toEqual(['origin.workflow-caches']);
    }
    const off = workflow.replace(
      'run: make',
      `uses: actions/setup-go@${'b'.repeat(40)}\n        with: {cache: false}`,
    );
    expect(
      (await of(built.builds.commit({ [workflowPath]: off }, 'main'), { caches: 'refused' })).failed,
    ).toEqual([]);
  });

  test('an action by a name that can be moved', async () => {
    for (const uses of [
      'actions/checkout@v5',
      'docker://alpine:3',
      './../other',
      'o/w/.github/workflows/x.yml@main',
    ]) {
      const commit = built.builds.commit(
        { [workflowPath]: workflow.replace('run: make', `uses: ${uses}`) },
        'main',
      );
      expect((await of(commit, { actions: 'pinned' })).failed).toEqual(['origin.workflow-actions']);
    }
  });
});

/** The same build, of another commit. */
function of(commit: string, lines: Lines) {
  const run = { ...built.run, headSha: commit };
  built.builds.runs.set(run.id, run);
  built.builds.tag('v1.0.0', commit);
  return built.judge(lines, { commit: commit as Built['claims']['commit'] });
}

describe('a run that goes on', () => {
  const success = { requireRunSuccess: true } as const;
  beforeEach(() => {
    built.run.status = 'in_progress';
    built.run.conclusion = null;
  });

  test('passes where only the job that submits and those that wait for the release are open', async () => {
    const { builds, run } = built;
    run.jobs = [
      builds.job('build'),
      builds.job('sign', { status: 'in_progress', conclusion: null }),
      builds.job('publish', { status: 'waiting', conclusion: null, group: null }),
    ];
    const { failed, later, findings } = await built.judge(success);
    expect([failed, later]).toEqual([[], null]);
    expect(findings.find(({ rule }) => rule === 'origin.run-success')?.found).toBe(
      'left out: sign (in_progress), publish (waiting)',
    );
  });

  test('is waited for while another job runs or is queued', async () => {
    const { builds, run } = built;
    for (const status of ['in_progress', 'queued'] as const) {
      run.jobs = [
        builds.job('sign', { status: 'in_progress', conclusion: null }),
        builds.job('test', {
          status,
          conclusion: null,
          group: status === 'queued' ? null : 'GitHub Actions',
        }),
      ];
      const { later, rules } = await built.judge(success);
      expect(later).toMatch(/^the run isn't over: /);
      expect(rules).not.toContain('origin.run-success');
    }
    run.jobs = [builds.job('test', { status: 'queued', conclusion: null, group: null })];
    expect((await built.judge(success)).later).not.toBeNull();
  });

  test('is refused as soon as a job failed', async () => {
    built.run.jobs = [built.builds.job('build'), built.builds.job('test', { conclusion: 'failure' })];
    expect((await built.judge(success)).failed).toEqual(['origin.run-success']);
  });
});

describe('runners by group', () => {
  test('are each in one of them', async () => {
    for (const job of built.run.jobs) job.group = 'release-machines';
    expect((await built.judge({ runner: { groups: ['release-machines'] } })).failed).toEqual([]);
    expect((await built.judge({ runner: { groups: ['other'] } })).failed).toEqual(['origin.host-runners']);
    built.run.jobs.push(built.builds.job('lint'));
    expect((await built.judge({ runner: { groups: ['release-machines'] } })).failed).toEqual([
      'origin.host-runners',
    ]);
    expect(
      (await built.judge({ runner: { groups: ['release-machines', 'GitHub Actions'] } })).failed,
    ).toEqual([]);
  });
});
