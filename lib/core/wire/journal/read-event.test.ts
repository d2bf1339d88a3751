import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type JsonValue } from '../../json/index.ts';
import { earlier, repeated, today } from './fixtures/index.fixture.ts';
import {
  findingSchema,
  journalEvents,
  journalKinds,
  nextEntry,
  readBody,
  readEvent,
  readFinding,
} from './index.ts';
import type { JournalEntry } from './index.ts';

/** As it is read: what findings leave out is null. */
function asRead(body: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  const { version: _, findings, ...rest } = body;
  const nulls = { expected: null, fix: null, found: null, path: [], policy: null };
  return Array.isArray(findings)
    ? { ...rest, findings: findings.map((finding) => ({ ...nulls, ...(finding as object) })) }
    : rest;
}

const text = (body: JsonValue): string => canonicalJson(body);
const named = [...today, repeated].map((written, index) => ({ ...written, index }));

describe('events of the journal', () => {
  it('have a body in the fixtures, as it is or was written, for every kind', () => {
    expect(new Set([...today, ...earlier].map((written) => written.kind))).toEqual(new Set(journalKinds));
    for (const { kind } of today) expect(journalEvents[kind]).not.toHaveProperty('retired');
    const outcomes = today
      .filter((written) => written.kind === 'step.finished')
      .map((written) => written.body['outcome']);
    expect(new Set(outcomes)).toEqual(new Set(['pass', 'fail', 'waiting', 'retry']));
  });

  it.each(named)('are written and read as they are: $kind, $index', ({ kind, body }) => {
    const written = (journalEvents[kind] as (members: unknown) => { readonly body: JsonValue })(asRead(body));
    expect(canonicalJson(written.body)).toBe(text(body));
    expect(readEvent({ kind, body: text(body) })).toEqual({
      readable: true,
      written: body,
      event: { kind, body: asRead(body) },
    });
  });

  it.each(earlier)('are read in today’s form: $kind, of $of', ({ kind, body, today: form }) => {
    const read = readEvent({ kind, body: text(body) });
    expect(read).toMatchObject({ readable: true, written: body, event: { kind, body: form } });
  });

  it('make the hashes that they always made', () => {
    // As they were when findings still had members that are null.
    const isLong = ({ of }: { readonly of: string }) => of === 'findings with members that are null';
    const long = earlier.filter(isLong);
    const first = today.map((one) => (one.kind === 'step.finished' ? long.shift() : one) ?? one);
    let last: JournalEntry | null = null;
    for (const { kind, body } of [...first, ...earlier.filter((one) => !isLong(one))])
      last = nextEntry(last, { at: new Date('2026-11-29T00:00:00Z'), requestId: null, kind, body });
    expect(last?.entryHash).toBe('3d2ec51ffb2862c2d03671b7cf75d4c2999e9f20b3d16103055755732b2a6b32');
  });
});

describe('what can’t be read', () => {
  it.each([
    ['a kind that nobody knows', 'request.archived', '{}', 'kind'],
    ['a kind that is a name of every object', 'constructor', '{}', 'kind'],
    ['a text that isn’t JSON', 'step.started', '{"pass":1', 'json'],
    ['a list', 'step.started', '[]', 'json'],
    ['null', 'step.started', 'null', 'json'],
    ['a step that nobody knows', 'step.started', '{"pass":1,"step":"archival"}', 'body'],
    ['a pass that is none', 'step.started', '{"pass":0,"step":"scan"}', 'body'],
    ['a version that is none', 'step.started', '{"pass":1,"step":"scan","version":"1"}', 'version'],
    ['a version below the first', 'step.started', '{"pass":1,"step":"scan","version":0}', 'version'],
    ['a version between two', 'step.started', '{"pass":1,"step":"scan","version":0.5}', 'version'],
  ])('is told from nothing: %s', (_, kind, body, why) => {
    expect(readEvent({ kind, body })).toMatchObject({ readable: false, why });
  });

  it.each(named)('is what a later version wrote: $kind, $index', ({ kind, body }) => {
    const read = readBody(kind, text({ ...body, version: journalEvents[kind].version + 1 }));
    expect(read).toMatchObject({ readable: false, why: 'version' });
  });

  it('names the first member that is wrong, and where', () => {
    const [finished] = today.filter((written) => written.kind === 'step.finished');
    const findings = [{ rule: 'scan.file', outcome: 'perhaps', message: '' }];
    const read = readBody('step.finished', text({ ...finished?.body, findings }));
    expect(read).toMatchObject({ problem: expect.stringMatching(/^findings\.0\.outcome: /) as string });
  });

  it('is a stop that says more than is known, and no other event that does', () => {
    for (const { kind, body } of today) {
      const read = readBody(kind, text({ ...body, more: 1 }));
      expect([kind, read.readable]).toEqual([kind, kind !== 'emergency-stop']);
    }
  });

  it('is an event that lacks a member, but for those that entries may lack', () => {
    const missing = today.flatMap(({ kind, body }) =>
      Object.keys(body).filter((name) => {
        const { [name]: _, ...rest } = body;
        return readBody(kind, text(rest)).readable;
      }),
    );
    expect([...new Set(missing)].toSorted()).toEqual([
      'attestation',
      'claims',
      'configurationSha256',
      'entries',
      'integratedAt',
      'next',
      'pass',
      'problem',
      'report',
      'signer',
    ]);
  });

  it('never throws, whatever the journal holds', () => {
    const kind = fc.constantFrom(...journalKinds, '__proto__');
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom(...today.map((written) => text(written.body))),
    );
    fc.assert(fc.property(kind, body, (one, other) => 'readable' in readEvent({ kind: one, body: other })));
  });
});

describe('a finding', () => {
  const finding = { rule: 'scan.file', outcome: 'pass', message: 'Clean.' };

  it('may lack what is null', () => {
    expect(readFinding(finding)).toEqual({
      ...finding,
      expected: null,
      found: null,
      fix: null,
      policy: null,
      path: [],
    });
  });

  it('is what its schema says, neither more nor less', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom(null, undefined, 1, [], ['a.zip'], [1], {}, 'pass', 'a'.repeat(64)),
    );
    const place = fc.record({
      file: value,
      line: fc.oneof(fc.integer(), fc.double(), value),
      column: fc.integer(),
    });
    const members = { rule: value, outcome: fc.constantFrom('pass', 'fail', 'info', 'x'), message: value };
    const others = {
      expected: value,
      found: value,
      fix: value,
      path: value,
      sha256: value,
      version: fc.constantFrom(1, 2),
    };
    const some = fc.record(
      { ...members, ...others, policy: fc.oneof(value, place) },
      { requiredKeys: ['outcome'] },
    );
    const one = fc.tuple(fc.constantFrom({}, finding), some).map(([base, more]) => ({ ...more, ...base }));
    fc.assert(
      fc.property(fc.oneof(one, value), (found) => {
        const { version: _, ...expected } = findingSchema.safeParse(found).data ?? {};
        const read = readFinding(found);
        expect(read ?? {}).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['without a rule', { ...finding, rule: undefined }],
    ['of an outcome that nobody knows', { ...finding, outcome: 'perhaps' }],
    ['of a file that is no digest', { ...finding, sha256: 'x' }],
    ['of a later version', { ...finding, version: 2 }],
    ['longer than any page', { ...finding, message: 'x'.repeat(20_001) }],
    ['that is none', 7],
  ])('isn’t read %s', (_, value) => {
    expect(readFinding(value)).toBeNull();
  });
});
