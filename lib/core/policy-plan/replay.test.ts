import { describe, expect, test } from 'vitest';
import { nextEntry } from '../journal/index.ts';
import type { JournalEntry } from '../journal/index.ts';
import type { JsonValue } from '../json/index.ts';
import {
  formatPlan,
  formatPlanMarkdown,
  parsePastRequests,
  pastRequestsFromJournal,
  planChange,
  replay,
} from './index.ts';
import type { PastEntry, PastRequest } from './index.ts';
import { artifactFile, base, changed, releasePolicy } from './snapshots.fixture.ts';
import type { Edits } from './snapshots.fixture.ts';

const repository = 'https://github.com/countersign-demo/esbuild-windows';
const commit = 'c0'.repeat(20);
const workflow = `${repository}/.github/workflows/release.yml@refs/tags/v1.0`;

const entry = (path: string, signed: boolean | null = null): PastEntry => ({
  path: [path],
  type: 'file',
  sizeBytes: 10,
  sha256: null,
  pe: signed === null ? null : { signed, version: null },
});

const good: PastRequest = {
  id: '7d1f6a2e-0b6c-4b8a-9c1d-000000000001',
  project: 'esbuild-demo',
  policy: 'release-signing',
  submittedBy: 'ci',
  at: '2026-11-01T12:00:00.000Z',
  decided: 'released',
  decidedBy: null,
  origin: {
    claims: {
      issuer: 'https://token.development-build-system.example',
      repositoryUri: repository,
      repositoryId: '900100200',
      ownerId: '900100',
      san: workflow,
      signerUri: workflow,
      buildConfigUri: workflow,
      signerDigest: commit,
      buildConfigDigest: commit,
      commit,
      ref: 'refs/tags/v1.0',
      trigger: 'push',
      runner: 'github-hosted',
      runUri: `${repository}/actions/runs/1/attempts/1`,
    },
    integratedAt: '2026-11-01T10:00:00.000Z',
  },
  inspection: {
    outcome: 'pass',
    rule: null,
    configurationSha256: null,
    entries: [entry('package/esbuild.exe', false), entry('package/package.json'), entry('package/README.md')],
  },
  scan: 'clean',
  approvals: [{ handle: 'demo-approver', decision: 'approve' }],
};

const outcome = (edits: Edits, request: PastRequest = good): string => {
  const [verdict] = replay(Object.keys(edits).length === 0 ? base : changed(edits), [request]);
  return `${verdict?.outcome ?? ''} ${verdict?.rule ?? ''}`.trim();
};

describe('a past request under another policy', () => {
  test('is allowed where nothing changed', () => {
    expect(outcome({})).toBe('allowed');
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
    ['a claim was not recorded', { origin: { claims: {}, integratedAt: null } }, 'unknown origin.issuer'],
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
    expect(plan.affected.policies.map((one) => `${one.project}/${one.policy}`)).toEqual([
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
    expect(plan.guards.map((one) => one.rule)).toContain('guard.removal');
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

describe('requests out of a journal', () => {
  const origin = good.origin?.claims;
  const finding = (rule: string, found: string | null, state: 'pass' | 'fail' = 'pass'): JsonValue => ({
    ...{ rule, found, outcome: state, message: '', expected: null, fix: null, policy: null, path: [] },
  });
  const originFindings: readonly JsonValue[] = [
    finding('origin.signature', null),
    finding('origin.digest', 'sha256:…'),
    finding('origin.issuer', origin?.issuer ?? ''),
    finding('origin.repository', origin?.repositoryId ?? ''),
    finding('origin.repository-uri', repository),
    finding('origin.owner', '900100'),
    finding('origin.workflow', workflow),
    finding('origin.signer', workflow),
    finding('origin.ref', 'refs/tags/v1.0'),
    finding('origin.commit', commit),
    finding('origin.trigger', 'push'),
    finding('origin.runner', 'github-hosted'),
    finding('origin.run', `${repository}/actions/runs/1/attempts/1`),
  ];

  function journal(...deeds: readonly (readonly [string, JsonValue])[]): readonly JournalEntry[] {
    const entries: JournalEntry[] = [];
    for (const [kind, body] of deeds) {
      entries.push(
        nextEntry(entries.at(-1) ?? null, { at: new Date(good.at), requestId: good.id, kind, body }),
      );
    }
    return entries;
  }
  const step = (
    name: string,
    findings: readonly JsonValue[],
    more: Readonly<Record<string, JsonValue>> = {},
  ) => ['step.finished', { step: name, outcome: 'pass', pass: 1, findings, ...more }] as const;
  const received = [
    'request.received',
    { project: good.project, policy: good.policy, submittedBy: 'ci' },
  ] as const;

  test('carry every claim that the rules compare, who approved and what came of it', () => {
    const entries = journal(
      received,
      step('origin', originFindings),
      step('inspection', [finding('inspection.content', null)], { configurationSha256: 'x', entries: null }),
      step('scan', []),
      step('approval', [
        finding('approval.submission', 'demo-approver'),
        finding('approval.quorum', 'demo-approver'),
      ]),
      ['request.released', {}],
    );
    const [past] = pastRequestsFromJournal(entries);
    expect(past).toEqual({
      ...good,
      origin: { claims: good.origin?.claims, integratedAt: null },
      inspection: { outcome: 'pass', rule: null, configurationSha256: 'x', entries: null },
    });
    expect(parsePastRequests(JSON.parse(JSON.stringify([past])))).toEqual([past]);
  });

  test('believe no claim of a bundle whose signature failed', () => {
    const failed = [finding('origin.signature', null, 'fail'), ...originFindings.slice(1)];
    const [past] = pastRequestsFromJournal(
      journal(
        received,
        ['step.finished', { step: 'origin', outcome: 'fail', findings: failed }],
        ['request.denied', {}],
      ),
    );
    expect(past).toMatchObject({ origin: null, decided: 'denied', decidedBy: 'origin.signature' });
  });

  test('pass over what the signer never wrote', () => {
    const entries = journal(['step.finished', 'text'], ['request.received', { project: 1 }], ['unknown', []]);
    expect(pastRequestsFromJournal(entries)).toEqual([]);
  });
});

describe('requests out of a file', () => {
  test.each<[string, unknown, string]>([
    ['no list', {}, ''],
    ['a missing member', [{ ...good, id: undefined }], '[0].id'],
    [
      'an unknown claim',
      [{ ...good, origin: { claims: { x: '' }, integratedAt: null } }],
      '[0].origin.claims.x',
    ],
    ['no time', [{ ...good, at: 'yesterday' }], '[0].at'],
    [
      'a broken size',
      [{ ...good, inspection: { ...good.inspection, entries: [{ sizeBytes: -1 }] } }],
      '[0].inspection.entries[0].sizeBytes',
    ],
  ])('refuse %s and say where', (_, value, place) => {
    expect(() => parsePastRequests(value)).toThrow(expect.objectContaining({ place }) as Error);
  });
});
