/** How GitLab protects what was built, against what the policy wants; and a GitLab that tells too little, or wrongly. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Project } from '../../../dev/gitlab/index.ts';
import { openOnGitLab, type GitLabLines, type OnGitLab } from './on-gitlab.fixture.ts';

let built: OnGitLab;
beforeEach(async () => {
  built = await openOnGitLab();
});
afterEach(async () => {
  expect(built.gitLab.misfits).toEqual([]);
  await built.gitLab.stop();
});

type Rule = Project['branchRules'][number];
function rule(changes: Partial<Rule> = {}): void {
  built.project.branchRules.push({
    name: 'main',
    push: [{ level: 0 }],
    merge: [{ level: 40 }],
    allowForcePush: false,
    codeOwners: false,
    ...changes,
  });
}
const why = async (lines: GitLabLines): Promise<string | null> => (await built.judge(lines)).found;
const branch = (protectedBranch: GitLabLines['protectedBranch'] = {}) => why({ protectedBranch });

describe('a branch', () => {
  test('that no rule is about isn’t protected', async () => {
    expect(await branch()).toBe('protected: no rule is about it');
    rule({ name: 'mai' });
    rule({ name: 'main*x' });
    expect(await branch({ push: 'no-one' })).toBe('protected: no rule is about it');
    rule({ name: 'm*n' });
    expect(await branch({ push: 'no-one' })).toBeNull();
  });

  test('is as open as the most permissive of its rules', async () => {
    rule();
    expect(await branch({ push: 'no-one', merge: 'maintainers', blockForcePushes: true })).toBeNull();
    rule({ name: '*', push: [{ level: 30 }], merge: [{ level: 30 }], allowForcePush: true });
    expect(await branch({ push: 'maintainers' })).toContain('developers, or somebody by name may');
    expect(await branch({ push: 'developers' })).toBeNull();
    expect(await branch({ merge: 'maintainers' })).toContain('merge: maintainers');
    expect(await branch({ blockForcePushes: true })).toBe('blockForcePushes: the rule for * allows them');
  });

  test.each<[string, Rule['push'][number]]>([
    ['a person', { user: 7 }],
    ['a group', { group: 8 }],
    ['a deploy key, which GitLab shows as a maintainer', { deployKey: 9 }],
  ])('that %s may push to is no maintainers’ alone', async (_who, who) => {
    rule({ push: [{ level: 0 }, who] });
    expect(await branch({ push: 'maintainers' })).not.toBeNull();
  });

  test('needs the approval of code owners where one rule asks for it', async () => {
    rule();
    expect(await branch({ requireCodeOwnerApproval: true })).not.toBeNull();
    rule({ name: 'ma*', codeOwners: true });
    expect(await branch({ requireCodeOwnerApproval: true })).toBeNull();
  });

  test('is owned by nobody for whoever may push to it, or where what was approved may change', async () => {
    const owned = { requireCodeOwnerApproval: true };
    const { approvals } = built.project;
    rule({ codeOwners: true });
    approvals.resetOnPush = false;
    expect(await branch(owned)).toContain('approvals stay when something else is pushed');
    approvals.ownersResetOnChange = true;
    expect(await branch(owned)).toBeNull();
    rule({ name: '*', push: [{ level: 40 }] });
    expect(await branch(owned)).toBe(
      'requireCodeOwnerApproval: maintainers may push without a merge request',
    );
  });

  test('is merged into by all who may push to it', async () => {
    rule({ push: [{ level: 30 }] });
    expect(await branch({ merge: 'maintainers' })).toBe(
      'merge: maintainers: developers, or somebody by name may',
    );
    expect(await branch({ merge: 'developers' })).toBeNull();
  });

  test('is approved by as many as the strictest rule about it asks for, and nobody gets around it', async () => {
    const { project } = built;
    const two = { minApprovals: 2 };
    rule();
    expect(await branch(two)).toBe('minApprovals: 2: 0 are required');
    const regular = { type: 'regular', required: 2, approvers: [1, 2, 3], allProtected: false } as const;
    project.approvalRules.push(
      { type: 'any_approver', required: 1, approvers: [], allProtected: true, branches: [] },
      { ...regular, branches: ['stable'] },
      { ...regular, type: 'code_owner', branches: [] },
    );
    expect(await branch(two)).toBe('minApprovals: 2: 1 are required');
    project.approvalRules.push({ ...regular, branches: ['main'] });
    expect(await branch(two)).toBeNull();
    project.approvals.byAuthor = true;
    expect(await branch(two)).toContain('authors may approve');
    project.approvals.byAuthor = false;
    project.approvals.overridable = true;
    expect(await branch(two)).toContain('may ask for fewer');
    project.approvals.overridable = false;
    project.approvals.resetOnPush = false;
    expect(await branch(two)).toContain('approvals stay when something else is pushed');
    project.approvals.resetOnPush = true;
    rule({ push: [{ level: 40 }] });
    expect(await branch(two)).toContain('maintainers may push without a merge request');
  });

  test('is approved by nobody for certain where GitLab may skip the rule, which it does with what can’t be met', async () => {
    const { project } = built;
    const one = { minApprovals: 1 };
    const rules = project.approvalRules;
    const regular = (...approvers: readonly number[]) => {
      const kind = { type: 'regular', required: 1, allProtected: true, branches: [] } as const;
      rules.splice(0, rules.length, { ...kind, approvers });
    };
    const skips = 'GitLab skips a rule whose approvers aren’t enough without those who wrote the change';
    rule();
    // One who may approve is the author of a merge request, and then nobody is asked.
    for (const approvers of [[], [1], [1, 1]]) {
      regular(...approvers);
      expect(await branch(one)).toContain(skips);
    }
    regular(1, 2);
    expect(await branch(one)).toBeNull();
    // Commits may carry everybody's address.
    project.approvals.byCommitters = false;
    expect(await branch(one)).toContain(skips);
    rules.push({ type: 'any_approver', required: 1, approvers: [], allProtected: true, branches: [] });
    expect(await branch(one)).toBeNull();
  });

  test('is the one that the tag’s commit is on', async () => {
    built.project.objects.refs.set('refs/heads/stable', built.commit);
    rule({ name: 'stable' });
    expect(await why({ protectedBranch: {}, commitOn: ['stable'] })).toBeNull();
    expect(await why({ protectedBranch: {}, commitOn: ['main', 'stable'] })).not.toBeNull();
  });
});

describe('a tag', () => {
  const tag = (protectedTag: GitLabLines['protectedTag'] = {}) => why({ protectedTag });

  test('is protected by a rule that is about it, as far as all of them are', async () => {
    const { project } = built;
    project.tagRules.push({ name: 'release-*', create: [{ level: 0 }] });
    expect(await tag()).toBe('protected: no rule is about it');
    project.tagRules.push({ name: 'v1.*', create: [{ level: 40 }] });
    expect(await tag({ create: 'maintainers' })).toBeNull();
    expect(await tag({ create: 'no-one' })).toContain('maintainers may');
    project.tagRules.push({ name: 'v*.0', create: [{ level: 30 }] });
    expect(await tag({ create: 'maintainers' })).toContain('developers, or somebody by name may');
  });
});

describe('variables of a pipeline', () => {
  test.each([
    ['no_one_allowed', null, null],
    ['owner', 'maintainers', null],
    ['maintainer', 'maintainers', null],
    ['developer', 'developers', 'developers'],
  ] as const)('are set by whom the project lets, from the role %s on', async (role, noOne, maintainers) => {
    built.project.variables = { restricted: true, role };
    expect(await why({ pipelineVariables: 'no-one' })).toBe(noOne);
    expect(await why({ pipelineVariables: 'maintainers' })).toBe(maintainers);
  });

  test('are set by everybody who may start one where nothing is restricted, whatever role is named', async () => {
    built.project.variables = { restricted: false, role: 'no_one_allowed' };
    expect(await why({ pipelineVariables: 'maintainers' })).toBe('developers');
    expect((await built.judge({ pipelineVariables: 'maintainers' })).failed).toEqual([
      'origin.pipeline-variables',
    ]);
    expect((await built.judge()).failed).toEqual([]);
  });

  test('are a maintainer’s to see', async () => {
    const reporter = await openOnGitLab('glpat-reporter');
    try {
      const { failed, found } = await reporter.judge({ pipelineVariables: 'no-one' });
      expect(failed).toEqual(['origin.pipeline-variables']);
      expect(found).toBe('GitLab doesn’t say who may set variables of its pipelines');
    } finally {
      await reporter.gitLab.stop();
    }
  });
});

describe('a GitLab that doesn’t tell', () => {
  const protection: GitLabLines = { protectedBranch: { minApprovals: 1 }, protectedTag: {} };

  test('a reporter how branches and tags are protected', async () => {
    const reporter = await openOnGitLab('glpat-reporter');
    try {
      expect((await reporter.judge()).failed).toEqual([]);
      const { failed, found } = await reporter.judge(protection);
      expect([failed, found]).toEqual([['origin.branch-rules', 'origin.tag-rules'], 'status 403']);
      const allowed = await reporter.judge({ ...protection, unknown: 'allow' });
      expect(allowed.failed).toEqual([]);
      expect(allowed.findings.filter(({ rule: of }) => of === 'origin.host-unknown')).toHaveLength(2);
    } finally {
      await reporter.gitLab.stop();
    }
  });

  test('a guest which CI configuration there is', async () => {
    const guest = await openOnGitLab('glpat-guest');
    try {
      expect((await guest.judge()).failed).toEqual(['origin.host-configuration']);
    } finally {
      await guest.gitLab.stop();
    }
  });

  const elsewhere = { location: 'http://169.254.169.254/latest/meta-data' };
  test.each<[string, Parameters<OnGitLab['gitLab']['inject']>[0]['mishap']]>([
    ['404', { kind: 'status', status: 404, message: '404 Project Not Found' }],
    ['a page for people', { kind: 'html' }],
    ['half an answer', { kind: 'halved' }],
    ['the way to an address of its own network', { kind: 'status', status: 302, headers: elsewhere }],
    [
      'what it says of a commit that it hasn’t',
      { kind: 'status', status: 400, message: 'Could not find ref' },
    ],
    ['a refusal of what stands in front of it', { kind: 'status', status: 403, page: true }],
    ['an empty answer', { kind: 'status', status: 204 }],
    ['an answer without a field', { kind: 'without', field: 'status' }],
  ])('by %s is no yes', async (_what, mishap) => {
    built.gitLab.inject({ path: /\/jobs\?/, times: 9, mishap });
    expect((await built.judge()).failed).toEqual(['origin.host-runners']);
    built.gitLab.inject({ path: /\/tags\//, times: 9, mishap });
    expect((await built.judge({ unknown: 'allow' })).failed).toEqual([]);
  });

  test('more jobs than fit on a page are not read in part', async () => {
    for (let index = 0; index < 100; index += 1) built.project.job(built.pipeline, `job ${index}`);
    const { failed, found } = await built.judge();
    expect([failed, found]).toEqual([['origin.host-runners'], 'the answer is part of a longer list']);
  });

  test.each<[string, Parameters<OnGitLab['gitLab']['inject']>[0]['mishap']]>([
    [
      '`link` is written without marks',
      { kind: 'headers', headers: { link: '<https://a.example>; rel=next' } },
    ],
    ['`link` was taken away', { kind: 'headers', headers: { link: '', 'x-next-page': '2' } }],
    ['one of those that it counts is missing', { kind: 'shortened' }],
  ])('a whole list, where %s', async (_what, mishap) => {
    built.project.job(built.pipeline, 'compile', { runner: { id: 9, type: 'project_type' } });
    built.gitLab.inject({ path: /\/jobs\?/, times: 3, mishap });
    const { failed, found } = await built.judge();
    expect([failed, found]).toEqual([['origin.host-runners'], 'the answer is part of a longer list']);
  });

  test('more pipelines than a look can ask about', async () => {
    const { project, pipeline, commit } = built;
    for (let index = 0; index < 4; index += 1) {
      const child = project.pipeline({ sha: commit, ref: 'v1.0.0', tag: true, source: 'parent_pipeline' });
      project.job(pipeline, `start ${index}`, { downstream: child });
    }
    const { answers, failed } = await built.judge();
    expect(answers).toHaveLength(12);
    expect(failed).toEqual(['origin.host-runners']);
  });

  test('because its limit is reached, in a line of text, says until when', async () => {
    const headers = {
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 900),
    };
    built.gitLab.inject({ path: /\/jobs\?/, times: 9, mishap: { kind: 'status', status: 429, headers } });
    const answers = await built.look(built.asked({}));
    const jobs = answers.find(({ question }) => question.key.startsWith('jobs '));
    expect(jobs?.answer).toMatchObject({ kind: 'unknown', passes: true });
    expect(Math.round(((jobs?.until?.getTime() ?? 0) - Date.now()) / 60_000)).toBe(15);
    await expect(built.look(built.asked({}))).rejects.toMatchObject({ code: 'HOST_UNAVAILABLE' });
  });

  test('refused credentials decide nothing', async () => {
    const stranger = await openOnGitLab('glpat-nobody');
    try {
      const answers = await stranger.look(stranger.asked({}));
      expect(answers.every(({ answer }) => answer.kind === 'unknown' && answer.passes)).toBe(true);
    } finally {
      await stranger.gitLab.stop();
    }
  });
});
