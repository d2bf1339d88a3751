import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lacksMaterial } from '../../../dev/test/lacks.ts';
import type { Rulesets, SigningPolicy } from '#core/generated/index.ts';
import { imported } from './configuration.fixture.ts';
import { importSignpath } from './import.ts';

const file = '.signpath/policies/app/release-signing.yml';

const base: SigningPolicy = {
  apiVersion: 'countersign/v1',
  kind: 'SigningPolicy',
  purpose: 'release',
  certificate: 'release',
  artifactConfiguration: 'package',
  origin: {
    buildSystem: 'github',
    repository: { id: '1', ownerId: '2', uri: 'https://github.com/a/b' },
    workflow: '.github/workflows/release.yml',
    refs: { branches: ['main'] },
    triggers: ['push'],
    runner: { groups: ['x'] },
  },
  scan: 'required',
  approval: { quorum: 1, approvers: ['anna'] },
  timestamp: 'required',
};

function origin(text: string): unknown {
  return (parse(imported(text, file).yaml) as { origin: unknown }).origin;
}

function notes(text: string): string[] {
  return imported(text, file).notes.map(
    ({ level, line, column, what }) => `${line}:${column} ${level} ${what}`,
  );
}

describe('a policy file of SignPath', () => {
  describe('for a base whose origin is GitLab’s', () => {
    const gitlab: SigningPolicy = {
      ...base,
      origin: {
        provider: 'gitlab',
        buildSystem: 'gitlab',
        repository: { id: '1', ownerId: '2', uri: 'https://gitlab.com/a/b' },
        refs: { branches: ['main'] },
        pipelineSources: ['push'],
        runner: 'self-hosted',
        protectedBranch: { merge: 'maintainers', blockForcePushes: false },
      },
    };
    const onto = (text: string, to: SigningPolicy = gitlab) => {
      const result = importSignpath({ path: file, bytes: new TextEncoder().encode(text) }, to);
      if (!result.ok) throw new Error(result.diagnostic.message);
      expect(result.remaining).toEqual([]);
      const told = result.notes.map(({ level, line, what }) => `${line} ${level} ${what}`);
      return { ...result, origin: (parse(result.yaml) as { origin: unknown }).origin, told };
    };

    it('loosens nothing that the base asks for, and says so', () => {
      const strict = {
        ...gitlab,
        origin: { ...gitlab.origin, retries: 'refused', protectedBranch: { minApprovals: 3 } },
      } as SigningPolicy;
      const text =
        'github-build-policies:\n  disallow_reruns: false\n  branch_rulesets:\n  - condition:\n      rules:\n      - pull_request: {min_required_approvals: 1}\n';
      const { origin: merged, told } = onto(text, strict);
      expect(merged).toMatchObject({
        retries: 'refused',
        protectedBranch: { minApprovals: 3, push: 'no-one' },
      });
      expect(told).toEqual(
        expect.arrayContaining(['2 changed disallow_reruns false', '6 changed min_required_approvals 1']),
      );
    });

    it('becomes GitLab’s own lines where they mean the same, and the base’s where it says nothing', () => {
      const { origin, told } = onto(`github-policies:
  runners:
    require_github_hosted: true
  build:
    # replays
    disallow_reruns: true
  branch_rulesets:
    - condition:
        rules:
          - block_force_pushes: # always
          - restrict_deletions: true
          - require_linear_history: false
          - pull_request: {min_required_approvals: 2, require_code_owner_review: true}
      allow_bypass_actors: true
`);
      expect(origin).toEqual({
        ...gitlab.origin,
        runner: 'gitlab-hosted',
        retries: 'refused',
        protectedBranch: {
          merge: 'maintainers',
          push: 'no-one',
          blockForcePushes: true,
          requireCodeOwnerApproval: true,
          minApprovals: 2,
        },
      });
      expect(told).toEqual([
        '3 note runners of the code host’s own',
        '6 note disallow_reruns',
        '8 note rulesets',
        '11 changed restrictDeletions',
      ]);
    });

    it('says of each condition that GitLab can’t answer where it stands, and why', () => {
      const {
        origin,
        told,
        notes: all,
        yaml,
      } = onto(`github-build-policies:
  runners:
    allowed_groups: [Hardened]
  branch_rulesets:
    - condition:
        rules:
          - require_linear_history: true # history
          - require_signed_commits: true
          - restrict_creations: true
          - restrict_updates: true
          - pull_request: {dismiss_stale_reviews_on_push: true, require_last_push_approval: false}
          - code_scanning: {tools: [{tool: X, min_alerts_threshold: warnings}]}
        enforced_from: EARLIEST
`);
      expect(origin).toEqual({
        ...gitlab.origin,
        protectedBranch: { merge: 'maintainers', push: 'no-one', blockForcePushes: false },
      });
      expect(told.filter((line) => line.includes('left-out')).toSorted()).toEqual(
        [
          '3 left-out allowed_groups "Hardened"',
          '5 left-out allow_bypass_actors false',
          '5 left-out enforced_from earliest',
          '7 left-out requireLinearHistory',
          '8 left-out requireSignedCommits',
          '9 left-out restrictCreations',
          '10 left-out restrictUpdates',
          '11 left-out dismissStaleReviews',
          '12 left-out codeScanning',
        ].toSorted(),
      );
      for (const { level, why, todo } of all)
        if (level === 'left-out') expect(`${why} ${todo}`).toMatch(/GitLab.*(?:Keep the rule|Write runners)/);
      expect(yaml).toContain('# history');
    });

    it('keeps the base’s lines where nothing is asked', () => {
      const { origin, told } = onto('github-policies:\n  runners: {require_github_hosted: false}\n');
      expect(origin).toEqual(gitlab.origin);
      expect(told).toEqual([]);
      // What was written beside conditions that have no line here isn't lost.
      const ruleset =
        '- condition: {rules: [{require_linear_history: true}]}\n      allow_bypass_actors: true';
      const { yaml } = onto(`github-policies:\n  branch_rulesets:\n    # history\n    ${ruleset}\n`);
      expect(yaml).toMatch(/# history\n +runner: self-hosted/);
    });
  });

  it('is read in its first generation', () => {
    const text = `github-policies:
  runners:
    allowed_groups:
      - 'GitHub Actions'
  build:
    disallow_reruns: true
  branch_rulesets:
    - condition:
        rules:
        - block_force_pushes:
        - pull_request:
            min_required_approvals: 1
            require_code_owner_review: true
      allow_bypass_actors: false
      enforced_from: EARLIEST
    - condition:
        rules:
        - require_code_scanning:
            tools:
              - tool: CodeQL
                min_alerts_threshold: errors
                min_security_alerts_threshold: medium
        allow_bypass_actors: true
        enforced_from: '2025-01-01 00:00'
`;
    expect(origin(text)).toEqual({
      runner: 'github-hosted',
      reruns: 'refused',
      branchRulesets: {
        rules: {
          blockForcePushes: true,
          pullRequest: { minApprovals: 1, requireCodeOwnerReview: true },
          codeScanning: [{ tool: 'CodeQL', alerts: 'errors', securityAlerts: 'medium-or-higher' }],
        },
        allowBypass: false,
        enforcedFrom: 'earliest',
      },
    });
    expect(notes(text)).toEqual([
      '8:7 note rulesets',
      '16:7 changed a ruleset with allow_bypass_actors true, enforced_from 2025-01-01',
    ]);
  });

  it('is read in its second generation', () => {
    const text = `github-build-policies:
  runners:
    allowed_groups: [Hardened]
  build: {disallow_reruns: false}
  branch_rulesets:
    - condition:
        rules:
          - restrict_deletions: true
          - require_linear_history: false
          - require_pull_request: true
          - code_scanning: {tools: [{tool: X, min_alerts_threshold: warnings}]}
`;
    expect(origin(text)).toEqual({
      runner: { groups: ['Hardened'] },
      reruns: 'allowed',
      branchRulesets: {
        rules: {
          restrictDeletions: true,
          requireLinearHistory: false,
          pullRequest: {},
          codeScanning: [{ tool: 'X', alerts: 'errors-and-warnings' }],
        },
        allowBypass: false,
        enforcedFrom: 'current-build',
      },
    });
    expect(notes(text)).toEqual(['3:5 note allowed_groups', '6:7 note rulesets']);
  });

  it('is read in its third generation', () => {
    const text = `github-build-policies:
  version: '1.0'
  disallow_reruns: true
  runners:
    require_github_hosted: true
    allowed_groups:
      - Hardened Runners
github-scm-policies:
  version: '1.0'
  ruleset_constraints:
  - enforced_from: 2025-01-01
    allow_bypass_actors: true
    rules:
      - type: non_fast_forward
      - type: deletion
      - type: required_status_checks
        parameters: {required_status_checks: []}
      - type: pull_request
        parameters:
          required_approving_review_count: 2
          required_review_thread_resolution: true
          allowed_merge_methods: [squash]
`;
    expect(origin(text)).toEqual({
      runner: 'github-hosted',
      reruns: 'refused',
      branchRulesets: {
        rules: {
          blockForcePushes: true,
          restrictDeletions: true,
          pullRequest: { minApprovals: 2, requireThreadResolution: true },
        },
        allowBypass: true,
        enforcedFrom: '2025-01-01',
      },
    });
    expect(notes(text)).toEqual([
      '6:5 left-out allowed_groups "Hardened Runners" beside require_github_hosted',
      '11:5 note rulesets',
      '16:9 left-out rule required_status_checks',
      '22:11 left-out allowed_merge_methods of pull_request',
    ]);
  });

  describe('for a base that asks for more', () => {
    const onto = (text: string, changes: Partial<Extract<SigningPolicy['origin'], { workflow: string }>>) => {
      const strict = { ...base, origin: { ...base.origin, ...changes } } as SigningPolicy;
      const result = importSignpath({ path: file, bytes: new TextEncoder().encode(text) }, strict);
      if (!result.ok) throw new Error(result.diagnostic.message);
      expect(result.remaining).toEqual([]);
      const told = result.notes
        .filter(({ level }) => level === 'changed')
        .map(({ line, what }) => `${line} ${what}`);
      return { origin: (parse(result.yaml) as { origin: unknown }).origin, told };
    };
    const branchRulesets: Rulesets = {
      rules: {
        restrictDeletions: true,
        requireSignedCommits: true,
        pullRequest: { minApprovals: 3, requireCodeOwnerReview: true },
        codeScanning: [
          { tool: 'CodeQL', alerts: 'all', securityAlerts: 'high-or-higher' },
          { tool: 'Other', alerts: 'errors' },
        ],
      },
      enforcedFrom: '2025-06-01',
    };

    it('keeps whatever the file doesn’t ask for, or asks less of, and says so', () => {
      const { origin: merged, told } = onto(
        `github-policies:
  runners: {allowed_groups: [x, y]}
  build: {disallow_reruns: false}
  branch_rulesets:
    - condition:
        rules:
          - restrict_deletions: false
          - block_force_pushes: true
          - pull_request: {min_required_approvals: 1, require_last_push_approval: true}
          - code_scanning: {tools: [{tool: CodeQL, min_alerts_threshold: errors, min_security_alerts_threshold: all}]}
      allow_bypass_actors: true
`,
        { branchRulesets },
      );
      expect(merged).toMatchObject({
        runner: { groups: ['x'] },
        reruns: 'refused',
        branchRulesets: {
          rules: {
            restrictDeletions: true,
            blockForcePushes: true,
            requireSignedCommits: true,
            pullRequest: { minApprovals: 3, requireLastPushApproval: true, requireCodeOwnerReview: true },
            codeScanning: [
              { tool: 'CodeQL', alerts: 'all', securityAlerts: 'all' },
              { tool: 'Other', alerts: 'errors' },
            ],
          },
          allowBypass: false,
          enforcedFrom: '2025-06-01',
        },
      });
      expect(told).toEqual([
        '2 allowed_groups "x, y"',
        '3 disallow_reruns false',
        `5 rulesets without ${['restrictDeletions', 'requireSignedCommits', 'minApprovals', 'requireCodeOwnerReview', 'codeScanning CodeQL', 'codeScanning Other', 'allowBypass', 'enforcedFrom'].join(', ')}`,
      ]);
    });

    it.each([
      ['of no rules', 'github-policies: {build: {disallow_reruns: true}}'],
      ['of Azure’s builds', 'azure-devops-build-policies: {version: 1}'],
    ])('stays as it is where the file says something %s', (_, text) => {
      const { origin: merged, told } = onto(text, { branchRulesets, reruns: 'refused' });
      const kept = { ...branchRulesets, allowBypass: false };
      expect(merged).toEqual({ ...base.origin, reruns: 'refused', branchRulesets: kept });
      expect(told).toEqual([]);
    });

    it('keeps hosted runners, and takes what asks for more than it', () => {
      const groups = 'github-policies: {runners: {allowed_groups: [x]}}';
      expect(onto(groups, { runner: 'github-hosted' })).toMatchObject({
        origin: { runner: 'github-hosted' },
      });
      expect(onto(groups, { runner: { groups: ['z'] } })).toMatchObject({
        origin: { runner: { groups: ['z'] } },
      });
      const hosted =
        'github-policies: {runners: {require_github_hosted: true}, build: {disallow_reruns: true}}';
      expect(onto(hosted, { reruns: 'allowed' })).toMatchObject({
        origin: { runner: 'github-hosted', reruns: 'refused' },
        told: ['1 require_github_hosted'],
      });
      const allowed = 'github-policies: {build: {disallow_reruns: false}}';
      expect(onto(allowed, { reruns: 'allowed' })).toMatchObject({ origin: { reruns: 'allowed' }, told: [] });
    });

    it('says where the file’s name makes it one for tests', () => {
      const bytes = new TextEncoder().encode('github-policies: {build: {disallow_reruns: true}}');
      const result = importSignpath({ path: 'p/test-signing.yml', bytes }, base);
      if (!result.ok) throw new Error('not imported');
      expect(result.notes).toMatchObject([{ level: 'changed', what: 'purpose test' }]);
    });
  });

  it('validates once a policy supplies what SignPath keeps in its portal, and until then says what is missing', () => {
    const bytes = new TextEncoder().encode(
      'github-policies:\n  runners: {require_github_hosted: true}\n  build: {disallow_reruns: true}\n',
    );
    const alone = importSignpath({ path: file, bytes });
    const based = importSignpath({ path: file, bytes }, base);
    if (!alone.ok || !based.ok) throw new Error('not imported');
    expect(alone.remaining.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['`certificate` is missing.', '`approval` is missing.']),
    );
    expect(based.remaining).toEqual([]);
    const runner: unknown = 'github-hosted';
    expect(parse(based.yaml)).toEqual({ ...base, origin: { ...base.origin, runner, reruns: 'refused' } });
  });

  it('validates with rules that the signer asks the code host about, and says what the foundation has to add', () => {
    const bytes = new TextEncoder().encode(
      'github-policies:\n  branch_rulesets:\n    - condition:\n        rules:\n          - block_force_pushes: true\n',
    );
    const result = importSignpath({ path: file, bytes }, base);
    if (!result.ok) throw new Error('not imported');
    expect(result.remaining).toEqual([]);
    expect(result.notes.find(({ what }) => what === 'rulesets')?.todo).toMatch(/hostApi/);
  });

  it('takes the purpose from the name, release by default', () => {
    const text = 'github-policies: {build: {disallow_reruns: true}}';
    expect(imported(text, 'p/test-signing.yml').yaml).toContain('purpose: test');
    expect(imported(text, 'p/latest.yml').yaml).toContain('purpose: release');
  });

  it('reports a rule about time of day, build systems that it lacks and what it tightens', () => {
    const text = `azure-devops-build-policies: {anything: 1}
github-scm-policies:
  ruleset_constraints:
    - enforced_from: '2024-12-05T11:51:29Z'
      rules: [{type: creation}]
`;
    expect(notes(text)).toEqual([
      '1:1 left-out azure-devops-build-policies',
      '1:1 changed any runner may build',
      '1:1 changed no disallow_reruns',
      '4:7 changed enforced_from "2024-12-05T11:51:29Z"',
      '4:7 note rulesets',
    ]);
  });

  it('keeps every comment, at its line if ours has that line', () => {
    const { yaml } = imported(
      `# first
github-policies:
  # machines
  runners:
    require_github_hosted: true # ours are slow
  build:
    # replays
    disallow_reruns: true
  branch_rulesets:
    - condition:
        rules:
          # history
          - block_force_pushes: true # always
          - require_pull_request:
              # four eyes
              min_required_approvals: 1
# end
`,
      file,
    );
    for (const comment of [
      'first',
      'machines',
      'ours are slow',
      'replays',
      'history',
      'always',
      'four eyes',
      'end',
    ]) {
      expect(yaml.split('\n').filter((line) => line.trim() === `# ${comment}`)).toHaveLength(1);
    }
    expect(yaml).toMatch(/# replays\n +reruns: refused/);
    expect(yaml).toMatch(/# history\n +# always\n +blockForcePushes: true/);
    expect(yaml).toMatch(/^# first\n/);
    expect(yaml).toMatch(/# machines\n +# ours are slow\n +runner:/);
  });

  const real = '../shared/cases/signpath/traytoolbar-release-signing.yml';
  it.skipIf(lacksMaterial(real))(
    'imports the real policy of TrayToolbar without leaving anything out',
    () => {
      const hosted = { ...base, origin: { ...base.origin, runner: 'github-hosted' } } as SigningPolicy;
      const result = importSignpath({ path: real, bytes: readFileSync(real) }, hosted);
      if (!result.ok) throw new Error(result.diagnostic.message);
      expect(result.notes.map(({ level, what }) => [level, what])).toEqual([['note', 'rulesets']]);
      expect(result.remaining).toEqual([]);
      expect((parse(result.yaml) as { origin: unknown }).origin).toMatchObject({
        runner: 'github-hosted',
        reruns: 'refused',
        branchRulesets: {
          rules: {
            blockForcePushes: true,
            requireLinearHistory: false,
            pullRequest: { minApprovals: 0, requireThreadResolution: true },
          },
        },
      });
    },
  );
});
