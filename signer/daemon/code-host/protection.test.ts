/** How GitHub protects what was built, against what the policy wants: rulesets, their bypass, their history, classic protection. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { before, openBuilt, type Built, type Lines } from './built.fixture.ts';

let built: Built;
beforeEach(async () => {
  built = await openBuilt();
});
afterEach(async () => {
  expect(built.gitHub.misfits).toEqual([]);
  await built.gitHub.stop();
});

const branch = (rules: object, more: object = {}): Lines => ({ branchRulesets: { rules, ...more } });
const tags = (rules: object, more: object = {}): Lines => ({ tagRulesets: { rules, ...more } });
const why = async (lines: Lines): Promise<string | null> => {
  const { findings } = await built.judge(lines);
  const found = findings.find(({ rule, outcome }) => rule.endsWith('-rules') && outcome === 'fail');
  return found?.found ?? null;
};
const scanning = (alerts: string, security: string) => ({
  type: 'code_scanning',
  parameters: {
    code_scanning_tools: [{ tool: 'CodeQL', alerts_threshold: alerts, security_alerts_threshold: security }],
  },
});

describe('each rule of the language', () => {
  const review = (parameters: object) => ({ type: 'pull_request', parameters: { ...parameters } });
  test.each([
    ['restrictCreations', { restrictCreations: true }, { type: 'creation' }],
    ['restrictUpdates', { restrictUpdates: true }, { type: 'update' }],
    ['restrictDeletions', { restrictDeletions: true }, { type: 'deletion' }],
    ['blockForcePushes', { blockForcePushes: true }, { type: 'non_fast_forward' }],
    ['requireLinearHistory', { requireLinearHistory: true }, { type: 'required_linear_history' }],
    ['requireSignedCommits', { requireSignedCommits: true }, { type: 'required_signatures' }],
    ['pullRequest', { pullRequest: {} }, review({})],
    ['minApprovals', { pullRequest: { minApprovals: 2 } }, review({ required_approving_review_count: 2 })],
    [
      'dismissStaleReviews',
      { pullRequest: { dismissStaleReviews: true } },
      review({ dismiss_stale_reviews_on_push: true }),
    ],
    [
      'requireCodeOwnerReview',
      { pullRequest: { requireCodeOwnerReview: true } },
      review({ require_code_owner_review: true }),
    ],
    [
      'requireLastPushApproval',
      { pullRequest: { requireLastPushApproval: true } },
      review({ require_last_push_approval: true }),
    ],
    [
      'requireThreadResolution',
      { pullRequest: { requireThreadResolution: true } },
      review({ required_review_thread_resolution: true }),
    ],
    [
      'codeScanning',
      { codeScanning: [{ tool: 'CodeQL', alerts: 'errors', securityAlerts: 'high-or-higher' }] },
      scanning('all', 'high_or_higher'),
    ],
  ])('%s: refused without it, passes with it', async (_name, rules, rule) => {
    expect(await why(branch(rules))).toMatch(/no active ruleset asks for it/);
    built.builds.protect('branch', { rules: [rule] }, before(2));
    expect(await why(branch(rules))).toBeNull();
  });

  test('a weaker rule than the policy’s is none', async () => {
    built.builds.protect(
      'branch',
      { rules: [review({ required_approving_review_count: 1 }), scanning('errors', 'critical')] },
      before(2),
    );
    expect(await why(branch({ pullRequest: { minApprovals: 2 } }))).not.toBeNull();
    expect(
      await why(branch({ codeScanning: [{ tool: 'CodeQL', securityAlerts: 'high-or-higher' }] })),
    ).not.toBeNull();
    expect(await why(branch({ codeScanning: [{ tool: 'Other' }] }))).not.toBeNull();
  });

  test('may come from several rulesets', async () => {
    built.builds.protect('branch', { rules: [{ type: 'deletion' }] }, before(2));
    built.builds.protect('branch', { rules: [{ type: 'update' }] }, before(2));
    expect(await why(branch({ restrictDeletions: true, restrictUpdates: true }))).toBeNull();
  });
});

describe('a ruleset', () => {
  const wanted = { blockForcePushes: true };
  const rules = [{ type: 'non_fast_forward' }];

  test('that somebody can bypass is none, unless the policy allows it', async () => {
    built.builds.protect('branch', { rules, bypass: ['Team', 'RepositoryRole'] }, before(2));
    expect(await why(branch(wanted))).toMatch(/Team, RepositoryRole can bypass it/);
    expect(await why(branch(wanted, { allowBypass: true }))).toBeNull();
  });

  test('whose bypass isn’t told is unknown, never none', async () => {
    const reader = await openBuilt('dev-signer-settings');
    try {
      reader.builds.protect('branch', { rules }, before(2));
      const { findings, failed } = await reader.judge(branch(wanted));
      expect(failed).toEqual(['origin.branch-rules']);
      expect(findings.at(-1)?.found).toMatch(/it does not say who can bypass it/);
      expect((await reader.judge(branch(wanted, { allowBypass: true }))).failed).toEqual([]);
      const allowed = await reader.judge({ ...branch(wanted), unknown: 'allow' });
      expect(allowed.failed).toEqual([]);
      expect(allowed.findings.at(-1)).toMatchObject({ rule: 'origin.host-unknown', outcome: 'info' });
    } finally {
      await reader.gitHub.stop();
    }
  });

  test('that came after the run began protects nothing of it', async () => {
    built.builds.protect('branch', { rules }, before(0.5));
    expect(await why(branch(wanted))).toMatch(/it is there only since/);
  });

  test('must be there since the policy’s day, or since the repository', async () => {
    built.builds.protect('branch', { rules }, '2026-03-01T00:00:00Z');
    expect(await why(branch(wanted, { enforcedFrom: '2026-03-02' }))).toBeNull();
    expect(await why(branch(wanted, { enforcedFrom: '2026-02-28' }))).toMatch(/only since 2026-03-01/);
    expect(await why(branch(wanted, { enforcedFrom: 'earliest' }))).toMatch(/only since/);
    const created = built.gitHub.state.need(built.repository).createdAt;
    built.builds.protect('branch', { rules }, created);
    expect(await why(branch(wanted, { enforcedFrom: 'earliest' }))).toBeNull();
  });

  test('that was changed since is followed through its history', async () => {
    const good = built.builds.protect('branch', { rules }, before(48));
    built.builds.change(good, { rules: [...rules, { type: 'deletion' }] }, before(0.5));
    expect(await why(branch(wanted))).toBeNull();
    built.builds.rulesets.delete(good.id);
    const bad = built.builds.protect('branch', { rules: [] }, before(48));
    built.builds.change(bad, { rules }, before(0.5));
    expect(await why(branch(wanted))).toMatch(/before it was changed at .*, it does not ask for that/);
    built.builds.rulesets.delete(bad.id);
    const paused = built.builds.protect('branch', { rules }, before(48));
    built.builds.change(paused, { enforcement: 'disabled' }, before(0.6));
    built.builds.change(paused, { enforcement: 'active' }, before(0.5));
    expect(await why(branch(wanted))).toMatch(/it is not active/);
  });

  test('that was about other branches until the run was over protected nothing of it', async () => {
    const other = built.builds.protect('branch', { rules, include: ['refs/heads/other'] }, before(48));
    built.builds.change(other, { include: ['refs/heads/main'] }, before(0.5));
    expect(await why(branch(wanted))).toMatch(
      /before it was changed at .*, it is not about refs\/heads\/main/,
    );
    built.builds.rulesets.delete(other.id);
    const but = built.builds.protect('branch', { rules, exclude: ['~DEFAULT_BRANCH'] }, before(48));
    built.builds.change(but, { exclude: [] }, before(0.5));
    expect(await why(branch(wanted))).toMatch(/it is not about refs\/heads\/main/);
    built.builds.rulesets.delete(but.id);
    const wider = built.builds.protect('branch', { rules, include: ['~DEFAULT_BRANCH'] }, before(48));
    built.builds.change(wider, { include: ['~ALL'] }, before(0.5));
    expect(await why(branch(wanted))).toBeNull();
  });

  test('that was switched off and on within a second is followed, too', async () => {
    const blinking = built.builds.protect('branch', { rules }, before(48));
    const at = before(0.5);
    built.builds.change(blinking, { enforcement: 'disabled' }, at);
    built.builds.change(blinking, { enforcement: 'active' }, at);
    expect(await why(branch(wanted))).toMatch(/it is not active/);
  });

  test('of an organization that was changed since is unknown: it may have been about other repositories', async () => {
    const shared = built.builds.protect('branch', { rules }, before(48), 'Organization');
    expect(await why(branch(wanted))).toBeNull();
    built.builds.change(shared, { rules: [...rules, { type: 'deletion' }] }, before(0.5));
    expect(await why(branch(wanted))).toMatch(/which repositories an organization’s was about/);
  });

  test('under which whoever may write can still update the branch doesn’t restrict updates', async () => {
    const update = { type: 'update', parameters: { update_allows_fetch_and_merge: true } };
    built.builds.protect('branch', { rules: [update] }, before(2));
    expect(await why(branch({ restrictUpdates: true }))).not.toBeNull();
    const locked = { enforce_admins: { enabled: true }, lock_branch: { enabled: true } };
    built.builds.classic.set('main', { ...locked, lock_allows_fork_syncing: { enabled: true } });
    expect(await why(branch({ restrictUpdates: true }))).not.toBeNull();
    built.builds.classic.set('main', locked);
    expect(await why(branch({ restrictUpdates: true }))).toBeNull();
  });

  test('whose history isn’t told is unknown', async () => {
    const reader = await openBuilt('dev-signer');
    try {
      const changed = reader.builds.protect('branch', { rules }, before(48));
      reader.builds.change(changed, { rules }, before(0.5));
      const { failed, findings } = await reader.judge(branch(wanted, { allowBypass: true }));
      expect(failed).toEqual(['origin.branch-rules']);
      expect(findings.at(-1)?.found).toMatch(/lacks the right administration=read/);
    } finally {
      await reader.gitHub.stop();
    }
  });

  test('of tags counts where it is about the tag', async () => {
    const about = (include: string[], exclude: string[] = []) => {
      built.builds.rulesets.clear();
      built.builds.protect('tag', { rules: [{ type: 'update' }], include, exclude }, before(2));
      return why(tags({ restrictUpdates: true }));
    };
    expect(await about(['refs/tags/v*'])).toBeNull();
    expect(await about(['~ALL'])).toBeNull();
    expect(await about(['refs/tags/w*'])).toMatch(/it is not about refs\/tags\/v1\.0\.0/);
    expect(await about(['refs/tags/v*'], ['refs/tags/v1.*'])).toMatch(/it is not about/);
    expect(await about(['refs/tags/v[0-9]*'])).toMatch(/it is not about/);
    expect(await about(['~ALL'], ['refs/tags/{x}'])).toMatch(/it is not about/);
    built.builds.rulesets.clear();
    built.builds.protect('branch', { rules: [{ type: 'update' }] }, before(2));
    expect(await why(tags({ restrictUpdates: true }))).toMatch(/no active ruleset/);
  });
});

describe('classic protection', () => {
  const whole = {
    enforce_admins: { enabled: true },
    required_signatures: { enabled: true },
    allow_force_pushes: { enabled: false },
    required_pull_request_reviews: { required_approving_review_count: 2, require_code_owner_reviews: true },
  };
  const wanted = {
    blockForcePushes: true,
    requireSignedCommits: true,
    pullRequest: { minApprovals: 2, requireCodeOwnerReview: true },
  };

  test('fills what no ruleset does', async () => {
    built.builds.classic.set('main', whole);
    expect(await why(branch(wanted))).toBeNull();
    built.builds.classic.set('main', { ...whole, required_signatures: { enabled: false } });
    expect(await why(branch(wanted))).toMatch(/^requireSignedCommits: /);
  });

  test('that administrators or others can bypass is none', async () => {
    built.builds.classic.set('main', { ...whole, enforce_admins: { enabled: false } });
    expect(await why(branch(wanted))).not.toBeNull();
    expect(await why(branch(wanted, { allowBypass: true }))).toBeNull();
    const reviews = {
      ...whole.required_pull_request_reviews,
      bypass_pull_request_allowances: { users: [{ id: 1 }] },
    };
    built.builds.classic.set('main', { ...whole, required_pull_request_reviews: reviews });
    expect(await why(branch(wanted))).toMatch(/^pullRequest/);
  });

  test('has no dates, so it fills nothing that must have been there for long', async () => {
    built.builds.classic.set('main', whole);
    const lines = branch({ blockForcePushes: true }, { enforcedFrom: '2026-01-02' });
    expect(await why({ ...lines, unknown: 'allow' })).toMatch(/no active ruleset asks for it/);
  });

  test('that the signer may not see is unknown', async () => {
    const reader = await openBuilt('dev-signer');
    try {
      const { findings } = await reader.judge(branch({ blockForcePushes: true }));
      expect(findings.at(-1)?.found).toMatch(
        /of classic protection: the signer lacks the right administration=read/,
      );
    } finally {
      await reader.gitHub.stop();
    }
  });
});

test('a branch that was built is asked about itself, and tags’ rules not at all', async () => {
  built.builds.runs.set(built.run.id, { ...built.run, headBranch: 'main' });
  const { rules, failed, answers } = await built.judge(
    { refs: { branches: ['main'] }, tagRulesets: { rules: { restrictUpdates: true } } },
    { ref: 'refs/heads/main' },
  );
  expect(failed).toEqual([]);
  expect(rules).not.toContain('origin.tag-rules');
  expect(answers.map(({ question }) => question.key)).not.toContain('tag rulesets');
});

test('a maintenance branch counts where the policy names it', async () => {
  const { builds } = built;
  const base = builds.objects.refs.get('refs/heads/main');
  builds.objects.refs.set('refs/heads/release-1', base ?? '');
  builds.commit({ 'main.c': '2' }, 'main');
  const fix = builds.commit({ 'main.c': 'fix' }, 'release-1');
  builds.tag('v1.0.0', fix);
  builds.runs.set(built.run.id, { ...built.run, headSha: fix });
  const at = { commit: fix as Built['claims']['commit'] };
  expect((await built.judge({}, at)).failed).toEqual(['origin.host-commit']);
  expect((await built.judge({ commitOn: ['main', 'release-1'] }, at)).failed).toEqual([]);
});
