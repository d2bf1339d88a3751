/** What the CI configuration of a build includes, at the commit that was built. */
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

const sha = 'a'.repeat(40);
const job = 'build: {script: make}\n';

/** The build of a commit with these files. */
function of(files: Readonly<Record<string, string>>, lines: GitLabLines = {}) {
  const commit = built.project.commit({ 'main.c': '', ...files }, 'main');
  built.pipeline.sha = commit;
  built.project.tag('v1.0.0', commit);
  return built.judge({ includes: 'pinned', ...lines }, { commit: commit as OnGitLab['claims']['commit'] });
}
const configured = (text: string, lines?: GitLabLines) => of({ '.gitlab-ci.yml': `${text}\n${job}` }, lines);
const rule = 'origin.pipeline-includes';

describe('a policy that asks for pinned includes', () => {
  test.each([
    ['nothing', ''],
    ['a component by a commit', `include: [{component: $CI_SERVER_FQDN/x/y/z@${sha}}]`],
    ['a project’s file by a commit', `include: {project: x/y, ref: ${sha}, file: [a.yml, b.yml]}`],
    [
      'a file of the web with an integrity',
      'include: [{remote: "https://x.example/a", integrity: sha256-AA=}]',
    ],
    ['a template of GitLab', 'include: [{template: Jobs/SAST.gitlab-ci.yml}]'],
    ['and a header', `spec: {inputs: {a: {default: b}}}\n---\ninclude: [{component: x/y/z@${sha}}]`],
  ])('takes %s', async (_, text) => {
    const { failed, findings } = await configured(text);
    expect(failed).toEqual([]);
    expect(findings.find((one) => one.rule === rule)?.outcome).toBe('pass');
  });

  test.each([
    ['a component by a version', 'include: [{component: x/y/z@1.2.3}]', 'line 1: x/y/z@1.2.3'],
    ['a component by a branch', 'include: [{component: x/y/z@main}]', 'line 1: x/y/z@main'],
    ['a project’s file by a branch', 'include: [{project: x/y, ref: main, file: a.yml}]', 'line 1: x/y@main'],
    ['by a variable', 'include: [{project: x/y, ref: $REF, file: a.yml}]', 'line 1: x/y@$REF'],
    ['of a default branch', 'include: [{project: x/y, file: a.yml}]', 'line 1: x/y@its default branch'],
    ['of the web', 'include: https://x.example/a.yml', 'line 1: https://x.example/a.yml'],
    ['what a job writes', 'b: {trigger: {include: [{artifact: a.yml, job: c}]}}', 'line 1: a.yml, which'],
    ['another project’s pipeline', 'b: {trigger: x/y}', 'line 1: x/y, whose own pipeline'],
    ['files by a star', 'include: ci/*.yml', 'ci/*.yml (not looked into)'],
    ['a file by a variable', 'include: [{local: $FILE}]', '$FILE (not looked into)'],
    ['a file by steps', 'include: ../a.yml', '../a.yml (not looked into)'],
    [
      'what an input says',
      `spec: {inputs: {a: {}}}\n---\nc: {script: "$[[ inputs.a ]]"}`,
      'inputs ($[[ … ]])',
    ],
    ['a key twice', 'include: a.yml\ninclude: b.yml', 'it is not YAML'],
    ['two documents', 'a: {script: make}\n---', 'it has several documents'],
    ['what only some parsers see', '# \u0085include: https://x.example/a.yml', 'character U+0085'],
  ])('refuses %s', async (_, text, why) => {
    const { failed, found } = await configured(text);
    expect(failed).toEqual([rule]);
    expect(found).toContain(`.gitlab-ci.yml: `);
    expect(found).toContain(why);
  });

  test('looks into files of the project, and into what these include', async () => {
    const files = {
      '.gitlab-ci.yml': `include: [/ci/a.yml, {local: ci/b.yml}]\n${job}`,
      'ci/a.yml': 'include: ci/c.yml',
      'ci/b.yml': 'b: {script: make}',
      'ci/c.yml': 'include: /ci/a.yml\nc: {script: make}',
    };
    const { failed, findings, answers } = await of(files);
    expect(failed).toEqual([]);
    expect(findings.find((one) => one.rule === rule)?.found).toBe(
      '.gitlab-ci.yml, ci/a.yml, ci/b.yml, ci/c.yml',
    );
    expect(answers.filter(({ question }) => question.key.startsWith('file '))).toHaveLength(4);
    const evil = await of({ ...files, 'ci/c.yml': 'include: [{project: x/y, ref: main, file: a.yml}]' });
    expect(evil.failed).toEqual([rule]);
    expect(evil.found).toBe('ci/c.yml: line 1: x/y@main');
  });

  test('doesn’t know what isn’t there, what is another’s, and what is too much for a look', async () => {
    const missing = await configured('include: ci/a.yml');
    expect([missing.failed, missing.found]).toEqual([[rule], expect.stringContaining('404')]);
    const many = Array.from({ length: 9 }, (_, at) => `ci/${at}.yml`);
    const files = Object.fromEntries(many.map((path) => [path, 'b: {script: make}']));
    const large = await of({ ...files, '.gitlab-ci.yml': `include: [${many.join(', ')}]\n${job}` });
    expect(large.answers).toHaveLength(12);
    expect(large.failed).toContain(rule);
    const open = await configured('include: ci/a.yml', { unknown: 'allow' });
    expect(open.failed).toEqual([]);
    // What was told isn't unknown.
    const told = await configured('include: [ci/a.yml, {component: x/y/z@main}]', { unknown: 'allow' });
    expect(told.failed).toEqual([rule]);
  });

  test('reads the file that the policy names, at the built commit and not as it is now', async () => {
    const commit = built.project.commit({ '.gitlab-ci.yml': 'include: https://x.example/a.yml' }, 'main');
    built.project.commit({ '.gitlab-ci.yml': job }, 'main');
    built.pipeline.sha = commit;
    built.project.tag('v1.0.0', commit);
    const lines = { includes: 'pinned' } as const;
    const judged = await built.judge(lines, { commit: commit as OnGitLab['claims']['commit'] });
    expect(judged.failed).toEqual([rule]);
  });

  test('where it asks for any, reads nothing', async () => {
    const { failed, answers } = await configured('include: https://x.example/a.yml', { includes: 'any' });
    expect(failed).toEqual([]);
    expect(answers.some(({ question }) => question.key.startsWith('file '))).toBe(false);
  });
});
