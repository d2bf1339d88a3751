import { describe, expect, test } from 'vitest';
import { formatPlan, formatPlanMarkdown, planChange, replay } from './index.ts';
import type { PastRequest } from './index.ts';
import { good } from './past-request.fixture.ts';
import { artifactFile, base, changed, releasePolicy } from './snapshots.fixture.ts';
import type { Edits } from './snapshots.fixture.ts';

const outcome = (edits: Edits, request: PastRequest = good): string => {
  const [verdict] = replay(Object.keys(edits).length === 0 ? base : changed(edits), [request]);
  return `${verdict?.outcome ?? ''} ${verdict?.rule ?? ''}`.trim();
};

describe('a past request under another policy', () => {
  test('is allowed where nothing changed', () => {
    expect(outcome({})).toBe('allowed');
  });

  test('is judged by the values that it gave', () => {
    const asking: Edits = {
      [artifactFile]: [
        ['root:', "parameters:\n  - { name: tool, pattern: 'es*' }\nroot:"],
        ['package/esbuild.exe', 'package/${tool}.exe'],
      ],
    };
    expect(outcome(asking)).toBe('unknown policy.parameters');
    expect(outcome(asking, { ...good, parameters: { tool: 'esbuild' } })).toBe('allowed');
    expect(outcome(asking, { ...good, parameters: { tool: 'esother' } })).toBe('denied artifact.unexpected');
    expect(outcome(asking, { ...good, parameters: { tool: 'rollup' } })).toBe('denied policy.parameters');
    expect(outcome({}, { ...good, parameters: { tool: 'esbuild' } })).toBe('denied policy.parameters');
  });

  test.each<[string, Edits, string]>([
    ['its tag is not allowed any more', { [releasePolicy]: [["'v*'", "'r*'"]] }, 'denied origin.ref'],
    ['the trigger is not allowed any more', { [releasePolicy]: [['[push, ', '[']] }, 'denied origin.trigger'],
    [
      'it was too old',
      { [releasePolicy]: [['runner: github-hosted', 'runner: github-hosted\n  maximumAgeHours: 1']] },
      'denied origin.age',
    ],
    [
      'the quorum is higher',
      {
        [releasePolicy]: [
          ['quorum: 1', 'quorum: 2'],
          ['[demo-approver]', '[demo-approver, demo-maintainer]'],
        ],
        'projects/esbuild-demo/project.yaml': [
          ['approvers: [demo-approver]\nprivacy', 'approvers: [demo-approver, demo-maintainer]\nprivacy'],
        ],
      },
      'waiting approval.quorum',
    ],
    [
      'the project is paused',
      { 'projects/esbuild-demo/project.yaml': [['status: active', 'status: paused']] },
      'denied policy.status',
    ],
    [
      'it was handed in by somebody else',
      { [releasePolicy]: [['scan: required', 'submitters: {tokens: [release-bot]}\nscan: required']] },
      'denied submitters',
    ],
    [
      'the program has to name its product, and does not',
      {
        [artifactFile]: [
          [
            'path: package/esbuild.exe',
            "path: package/esbuild.exe\n      metadata: {productName: 'esbuild'}",
          ],
        ],
      },
      'denied pe.metadata',
    ],
    ['the policy is gone', { [releasePolicy]: null }, 'denied policy.signing-policy'],
    [
      'a file is not expected any more',
      { [artifactFile]: [['    - type: file\n      path: package/README.md\n', '']] },
      'denied artifact.unexpected',
    ],
    [
      'another file has to be there',
      { [artifactFile]: [['package/README.md', 'package/LICENSE']] },
      'denied artifact.unexpected',
    ],
    [
      'a plain file is declared as a program',
      {
        [artifactFile]: [
          ['- type: file\n      path: package/README.md', '- type: pe\n      path: package/README.md'],
        ],
      },
      'denied pe.not-pe',
    ],
  ])('says which rule decides where %s', (_, edits, expected) => {
    expect(outcome(edits)).toBe(expected);
  });

  test.each<[string, Partial<PastRequest>, string]>([
    ['no origin was recorded', { origin: null }, 'unknown origin.bundle'],
    [
      'a claim was not recorded',
      { origin: { claims: {}, attestation: null, integratedAt: null } },
      'unknown origin.issuer',
    ],
    [
      'what the attestation states was not recorded',
      { origin: { claims: good.origin?.claims ?? {}, integratedAt: good.at, attestation: null } },
      'unknown origin.statement',
    ],
    [
      'the attestation was no provenance',
      { origin: { claims: good.origin?.claims ?? {}, integratedAt: good.at, attestation: 'other' } },
      'denied origin.statement',
    ],
    ['nothing says what was in the file', { inspection: null }, 'unknown inspection'],
    ['the scan was not recorded', { scan: null }, 'unknown scan'],
    ['the scan refused it', { scan: 'refused' }, 'denied scan'],
    ['nobody recorded who approved', { approvals: null }, 'unknown approval.quorum'],
    [
      'an approver denied',
      { approvals: [{ handle: 'demo-approver', decision: 'deny' }] },
      'denied approval.denied',
    ],
    [
      'a stranger approved',
      { approvals: [{ handle: 'mallory', decision: 'approve' }] },
      'waiting approval.quorum',
    ],
    [
      'a stranger denied',
      { approvals: [...(good.approvals ?? []), { handle: 'mallory', decision: 'deny' }] },
      'allowed',
    ],
    ['the project has an impossible name', { project: '../x' }, 'denied policy.name'],
  ])('never guesses: where %s', (_, facts, expected) => {
    expect(outcome({}, { ...good, ...facts })).toBe(expected);
  });
});

describe('a plan', () => {
  const head = changed({ [releasePolicy]: [["'v*'", "'r*'"]] });

  test('shows what changes, the policy before and after, and whom the change would have stopped', () => {
    const plan = planChange(base, head, [good, { ...good, id: 'other', policy: 'test-signing' }]);
    expect(plan.effect).toBe('loosens');
    expect(plan.replay).toMatchObject({
      requests: 2,
      changed: [{ id: good.id, after: { rule: 'origin.ref' } }],
    });
    expect(plan.affected.policies.map((policy) => `${policy.project}/${policy.policy}`)).toEqual([
      'esbuild-demo/release-signing',
    ]);
    const text = formatPlan(plan);
    expect(text).toContain('! loosens  origin.refs.tags[r*]: nothing → r*');
    expect(text).toContain('allowed → denied by origin.ref');
    expect(text).toMatch(/- Where it is built: .*tag v\*/);
    expect(formatPlanMarkdown(plan)).toContain('🔴 loosens');
  });

  test('of nothing says so', () => {
    expect(formatPlan(planChange(base, base, null))).toBe('Nothing changes.\n');
  });

  test('shows the guards that a change runs into', () => {
    const gone = changed(
      Object.fromEntries(
        ['project', 'policies/release-signing', 'policies/test-signing', 'artifacts/portable-archive'].map(
          (one) => [`projects/zip-demo/${one}.yaml`, null],
        ),
      ),
    );
    const plan = planChange(base, gone, null);
    expect(plan.guards.map((guard) => guard.rule)).toContain('guard.removal');
    expect(plan.effect).toBe('tightens');
    expect(formatPlan(plan)).toMatch(/^GUARD .*1 of 2 projects/m);
    expect(formatPlanMarkdown(plan)).toContain('⛔ `guard.removal`');
  });

  test('lets no value of a file become markup in the comment', () => {
    const evil = changed({
      'projects/esbuild-demo/project.yaml': [
        ['tagline: The', 'tagline: "`|<img src=x>`@everyone [a](http://x)" #'],
      ],
    });
    const markdown = formatPlanMarkdown(planChange(base, evil, null));
    expect(markdown).not.toContain('<img');
    expect(markdown).toContain('`\\|‹img src=x› @everyone [a](http://x)`');
  });
});
