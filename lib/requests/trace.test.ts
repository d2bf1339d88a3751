import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fail, info, pass } from '#core/wire/finding/index.ts';
import { recoveredFacts, releasedFacts, signingFacts } from '#core/wire/journal/examples.fixture.ts';
import { buildTrace } from './trace.ts';
import { noteKindsOf, type JournalRow } from './trace-entry.ts';

const submittedAt = new Date('2026-01-01T00:00:00Z');

function journal(...entries: readonly (readonly [kind: string, body: unknown])[]): JournalRow[] {
  return entries.map(([kind, body], index) => ({
    seq: BigInt(index + 1),
    at: new Date(submittedAt.getTime() + index * 1000),
    kind,
    body: JSON.stringify(body),
    entryHash: String(index + 1).padStart(64, '0'),
    counts: null,
  }));
}

const done = (pass: number, step: string, outcome: string, findings: readonly unknown[] = []) =>
  [
    ['step.started', { pass, step }],
    [
      'step.finished',
      {
        pass,
        step,
        outcome,
        findings,
        durationMs: 5,
        ...(outcome === 'retry' ? { attempt: 1, attemptsMax: 9, retryAt: '2026-01-01T00:01:00.000Z' } : {}),
      },
    ],
  ] as const;

const states = (trace: ReturnType<typeof buildTrace>, index = 0) =>
  Object.fromEntries((trace.passes[index]?.steps ?? []).map((step) => [step.step, step.state]));

describe('the decision trace', () => {
  it('shows a request the signer has not seen as waiting, with no step reached', () => {
    const trace = buildTrace({ submittedAt, status: 'received', entries: [] });
    expect(trace.passes).toHaveLength(1);
    expect(states(trace)).toMatchObject({
      received: 'waiting',
      policy: 'not-reached',
      release: 'not-reached',
    });
  });

  it('shows what the code host answered at the step that asked, with digest and what was judged', () => {
    const answer = {
      question: 'tag',
      path: '/repos/o/n/git/ref/tags/v1',
      at: '2026-01-01T00:00:00.000Z',
      status: 200,
      sha256: 'a'.repeat(64),
      outcome: 'told',
      said: '{"ref":"refs/tags/v1"}',
      problem: null,
    };
    const asked = { pass: 1, step: 'recheck', api: 'https://api.example', answers: [answer] };
    const [start, end] = done(1, 'recheck', 'pass');
    const entries = journal(start, ['host.asked', asked], end);
    const [newest] = buildTrace({ submittedAt, status: 'signing', entries }).passes;
    const step = newest?.steps.find((one) => one.step === 'recheck');
    expect(step?.state).toBe('passed');
    expect(step?.notes).toMatchObject([
      {
        kind: 'host.asked',
        facts: [
          ['api', 'https://api.example'],
          [
            'tag',
            expect.stringMatching(/^GET \/repos\/o\/n\/git\/ref\/tags\/v1: 200, .*; SHA-256 a{64}; \{"ref"/),
          ],
        ],
      },
    ]);
    expect(noteKindsOf('recheck')).toEqual(['host.asked']);
    expect(noteKindsOf('origin')).toEqual(['host.asked']);
  });

  it('shows a refusal at its step, with every finding, and nothing after it as reached', () => {
    const findings = [
      pass({ rule: 'origin.repository', message: 'same' }),
      fail({ rule: 'origin.ref', message: 'other branch', fix: 'use main' }),
    ];
    const entries = journal(...done(1, 'policy', 'pass'), ...done(1, 'origin', 'fail', findings), [
      'request.denied',
      { pass: 1, step: 'origin', summary: 'other branch' },
    ]);
    const [newest] = buildTrace({ submittedAt, status: 'denied', entries }).passes;
    expect(newest?.outcome).toBe('denied');
    expect(newest?.steps.find((step) => step.step === 'origin')).toMatchObject({ state: 'failed', findings });
    expect(newest?.steps.find((step) => step.step === 'inspection')?.state).toBe('not-reached');
  });

  it('puts the newest pass first and keeps earlier ones separate', () => {
    const entries = journal(
      ...done(1, 'policy', 'pass'),
      ...done(1, 'approval', 'waiting', [info({ rule: 'approval.quorum', message: '0 of 1' })]),
      ...done(2, 'policy', 'pass'),
      ...done(2, 'approval', 'pass'),
    );
    const trace = buildTrace({ submittedAt, status: 'checking', entries });
    expect(trace.passes.map((tracePass) => [tracePass.number, tracePass.outcome])).toEqual([
      [2, null],
      [1, 'waiting'],
    ]);
    expect(states(trace)).toMatchObject({ policy: 'passed', approval: 'passed' });
    expect(states(trace, 1)).toMatchObject({ policy: 'passed', approval: 'waiting' });
  });

  it('shows a step that waits for a service as trying again', () => {
    const entries = journal(...done(1, 'scan', 'retry'));
    const trace = buildTrace({ submittedAt, status: 'checking', entries });
    expect(states(trace)).toMatchObject({ scan: 'retrying' });
    expect(trace.passes[0]?.outcome).toBe('retrying');
  });

  it('shows what the signer intended and did under the signing step, and the release as passed', () => {
    const entries = journal(
      ['step.started', { pass: 1, step: 'signing' }],
      ['sign.intent', signingFacts],
      ['sign.done', { ...signingFacts, signatureSha256: 'a'.repeat(64) }],
      ['step.finished', { pass: 1, step: 'signing', outcome: 'pass', durationMs: 1, findings: [] }],
      ['step.started', { pass: 1, step: 'release' }],
      ['request.released', releasedFacts],
    );
    const trace = buildTrace({ submittedAt, status: 'completed', entries });
    const signing = trace.passes[0]?.steps.find((step) => step.step === 'signing');
    expect(signing?.notes.map((note) => note.kind)).toEqual(['sign.intent', 'sign.done']);
    expect(signing?.notes[0]?.facts).toContainEqual(['keyLabel', 'widget.release']);
    expect(states(trace)).toMatchObject({ signing: 'passed', release: 'passed' });
    expect(trace.passes[0]?.outcome).toBe('released');
  });

  it('tells of a signature that a restored database had lost, which moves no step', () => {
    const recovered = ['signature.recovered', recoveredFacts] as const;
    const alone = buildTrace({ submittedAt, status: 'received', entries: journal(recovered) });
    expect(alone.unreadable).toEqual([]);
    expect(states(alone)).toMatchObject({ signing: 'not-reached', release: 'not-reached' });
    const after = buildTrace({
      submittedAt,
      status: 'denied',
      entries: journal(
        ...done(2, 'policy', 'fail'),
        ['request.denied', { pass: 2, step: 'policy', summary: 'no' }],
        recovered,
      ),
    });
    expect(after.unreadable).toEqual([]);
    expect(after.passes).toHaveLength(1);
    expect(after.passes[0]).toMatchObject({ number: 2, outcome: 'denied' });
    const signing = after.passes[0]?.steps.find((step) => step.step === 'signing');
    expect(signing).toMatchObject({ state: 'not-reached', notes: [{ kind: 'signature.recovered' }] });
    expect(signing?.notes[0]?.facts).toContainEqual(['path', 'widget.zip!/widget.exe']);
  });

  it('leaves no step at work in a request that failed', () => {
    const entries = journal(
      ['step.started', { pass: 1, step: 'scan' }],
      ['request.failed', { pass: 1, step: 'scan', summary: 'x' }],
    );
    expect(states(buildTrace({ submittedAt, status: 'failed', entries }))).toMatchObject({ scan: 'failed' });
  });

  it('names the entries that it can’t read instead of hiding them', () => {
    const entries = journal(
      ['step.finished', { step: 'nowhere', outcome: 'pass' }],
      ['of.no.known.kind', {}],
      ['constructor', {}],
      ['step.started', { pass: 1, step: 'policy' }],
    );
    expect(buildTrace({ submittedAt, status: 'checking', entries }).unreadable).toEqual([1n, 2n, 3n]);
  });

  it('never throws, whatever the journal contains', () => {
    const kind = fc.constantFrom(
      'step.started',
      'step.finished',
      'sign.intent',
      'request.released',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(kind, fc.oneof(fc.json(), fc.string())), { maxLength: 10 }), (rows) => {
        const entries = journal(...rows.map(([name]) => [name, {}] as const)).map((row, index) => ({
          ...row,
          body: rows[index]?.[1] ?? '',
        }));
        const trace = buildTrace({ submittedAt, status: 'checking', entries });
        expect(trace.passes.length).toBeGreaterThan(0);
      }),
    );
  });
});
