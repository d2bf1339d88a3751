import { describe, expect, test } from 'vitest';
import { nextEntry } from '../../wire/journal/index.ts';
import type { JournalEntry } from '../../wire/journal/index.ts';
import { receivedFacts } from '../../wire/journal/examples.fixture.ts';
import type { JsonValue } from '../../json/index.ts';
import { parsePastRequests, pastRequestsFromJournal } from './index.ts';
import { commit, good, repository, workflow } from './past-request.fixture.ts';

describe('requests out of a journal', () => {
  const origin = good.origin?.claims;
  const finding = (rule: string, found: string | null, state: 'pass' | 'fail' = 'pass'): JsonValue => ({
    rule,
    found,
    outcome: state,
    message: '',
    expected: null,
    fix: null,
    policy: null,
    path: [],
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
    finding('origin.visibility', 'public'),
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
  ) => ['step.finished', { step: name, outcome: 'pass', pass: 1, durationMs: 1, findings, ...more }] as const;
  const received = [
    'request.received',
    { ...receivedFacts, project: good.project, policy: good.policy, submittedBy: good.submittedBy ?? '' },
  ] as const;

  test('carry every claim that the rules compare, who approved and what came of it', () => {
    const entries = journal(
      received,
      step('origin', originFindings, { attestation: 'slsa-provenance-v1' }),
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
      origin: { ...good.origin, integratedAt: null },
      inspection: { outcome: 'pass', rule: null, configurationSha256: 'x', entries: null },
    });
    expect(parsePastRequests(JSON.parse(JSON.stringify([past])))).toEqual([past]);
  });

  test('believe no claim of a bundle whose signature failed', () => {
    const failed = [finding('origin.signature', null, 'fail'), ...originFindings.slice(1)];
    const [past] = pastRequestsFromJournal(
      journal(received, step('origin', failed, { outcome: 'fail' }), ['request.denied', {}]),
    );
    expect(past).toMatchObject({ origin: null, decided: 'denied', decidedBy: 'origin.signature' });
  });

  test('know nothing of the steps before one that can’t be read, and still what came of the request', () => {
    const [past] = pastRequestsFromJournal(
      journal(
        received,
        step('origin', originFindings),
        ['step.finished', { step: 'origin' }],
        step('scan', []),
        ['request.denied', { of: 'a later version' }],
      ),
    );
    expect(past).toMatchObject({ origin: null, scan: 'clean', decided: 'denied' });
  });

  test('read what was found in Windows programs before formats were several', () => {
    const sha256 = 'ab'.repeat(32);
    const at = { path: ['a.exe'], type: 'file', sizeBytes: 1, sha256 };
    const program = { signed: true, version: { ProductName: 'Widget' } };
    const [past] = pastRequestsFromJournal(
      journal(
        received,
        step('inspection', [], {
          configurationSha256: 'x',
          entries: [
            { ...at, pe: program },
            { ...at, pe: { ...program, kind: 'library' } },
            { ...at, pe: null },
          ],
        }),
      ),
    );
    const facts = { type: 'pe', signed: true, texts: program.version };
    expect(past?.inspection?.entries?.map((entry) => entry.facts)).toEqual([
      { ...facts, kind: null },
      { ...facts, kind: 'library' },
      null,
    ]);
  });

  test('pass over what the signer never wrote', () => {
    const entries = journal(['step.finished', 'text'], ['request.received', { project: 1 }], ['unknown', []]);
    expect(pastRequestsFromJournal(entries)).toEqual([]);
  });
});

describe('requests out of a file', () => {
  test('may come from before it was recorded what their attestations state', () => {
    const { attestation: _, ...origin } = good.origin ?? {
      attestation: null,
      claims: {},
      integratedAt: null,
    };
    expect(parsePastRequests([{ ...good, origin }])[0]?.origin?.attestation).toBeNull();
  });

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
