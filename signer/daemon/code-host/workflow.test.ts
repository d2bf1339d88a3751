/** What a workflow file can hide from who judges it, in the eyes of the whole look. What the file itself says is tested beside its reader. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBuilt, workflow, workflowPath, type Built, type Lines } from './built.fixture.ts';

let built: Built;
beforeEach(async () => {
  built = await openBuilt();
});
afterEach(async () => {
  expect(built.gitHub.misfits).toEqual([]);
  await built.gitHub.stop();
});

/** The same build, of another commit. */
function of(commit: string, lines: Lines) {
  built.builds.runs.set(built.run.id, { ...built.run, headSha: commit });
  built.builds.tag('v1.0.0', commit);
  return built.judge(lines, { commit: commit as Built['claims']['commit'] });
}

test('an event of strangers behind more events than anybody names', async () => {
  const events = Array.from({ length: 30 }, (_, index) => `  event_${index}:\n`).join('');
  const text = workflow.replace('on:\n', `on:\n${events}  Pull_Request_Target:\n`);
  const commit = built.builds.commit({ [workflowPath]: text }, 'main');
  expect((await of(commit, { actions: 'pinned' })).failed).toEqual(['origin.workflow-triggers']);
});

test('actions and images that the workflow has elsewhere, out of sight', async () => {
  for (const [from, to] of [
    ['run: make', 'uses: ./.github/actions/build'],
    ['run: make', 'uses: .\\.github\\actions\\build'],
    ['    runs-on: ubuntu-24.04', '    container: node:24'],
  ] as const) {
    const commit = built.builds.commit({ [workflowPath]: workflow.replace(from, to) }, 'main');
    expect((await of(commit, { actions: 'pinned' })).failed).toEqual(['origin.workflow-actions']);
  }
});

test('a workflow file that nobody can read for certain, whatever unknown means', async () => {
  for (const [from, to] of [
    ['on:\n', 'on:\n  # \u2028  pull_request_target:\n'],
    ['jobs:', 'x: &x 1\ny: *x\njobs:'],
    ['name: release', `name: ${'x'.repeat(200_000)}`],
  ] as const) {
    const commit = built.builds.commit({ [workflowPath]: workflow.replace(from, to) }, 'main');
    const { failed, findings } = await of(commit, { caches: 'refused', unknown: 'allow' });
    expect(failed).toEqual(['origin.workflow-triggers']);
    expect(findings.at(-1)?.fix).toContain('plain YAML');
  }
});

test('the pinned builder at another ref than the policy’s, which is another builder', async () => {
  const uri = 'https://github.com/build/er/.github/workflows/build.yml';
  const builder = { uri, ref: 'refs/tags/v2.1.0', digest: 'c'.repeat(40) };
  const calling = (at: string) =>
    built.builds.commit(
      { [workflowPath]: `${workflow}  more:\n    uses: build/er/.github/workflows/build.yml@${at}\n` },
      'main',
    );
  const lines: Lines = { builder, actions: 'pinned', caches: 'refused' };
  for (const at of ['v2.1.0', 'refs/tags/v2.1.0', builder.digest]) {
    expect((await of(calling(at), lines)).failed).toEqual([]);
  }
  expect((await of(calling('v2.1.1'), lines)).failed).toEqual([
    'origin.workflow-caches',
    'origin.workflow-actions',
  ]);
});
