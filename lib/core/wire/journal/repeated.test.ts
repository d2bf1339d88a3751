import { describe, expect, it } from 'vitest';
import { canonicalJson, type JsonValue } from '../../json/index.ts';
import { repeated, today } from './fixtures/index.fixture.ts';
import {
  endOf,
  foundSha256,
  nextEntry,
  problemOfRepeated,
  readWholeStep,
  repeatedBy,
  stepFinished,
  type JournalEntry,
} from './index.ts';

const requestId = '0b7f8a52-0000-4000-8000-000000000001';
const at = new Date('2026-11-30T00:00:00Z');
const inspection = today.find(({ kind, body }) => kind === 'step.finished' && body['step'] === 'inspection');
if (inspection === undefined) throw new Error('no such fixture');
const first = nextEntry(null, { at, requestId, ...inspection });
const same = repeated.body['same'] as { readonly entry: string; readonly sha256: string };

/** The entry behind it that repeats it, but for some members. */
const later = (body: Readonly<Record<string, JsonValue>> = {}, of: string | null = requestId): JournalEntry =>
  nextEntry(first, { at, requestId: of, kind: repeated.kind, body: { ...repeated.body, ...body } });
const problem = (entry: JournalEntry, source: JournalEntry | null = first) =>
  problemOfRepeated(entry, source === null ? null : endOf(source));

describe('an entry that repeats what an earlier pass found', () => {
  it('is read with what that one found, and is about its own pass', () => {
    expect(problem(later())).toBeNull();
    const read = readWholeStep(later(), (seq) => (seq === 1n ? first : null));
    const own = readWholeStep(first, () => null);
    if (!read.readable || !own.readable) throw new Error('unreadable');
    expect(read.body).toEqual({ ...own.body, pass: 2, durationMs: 3 });
    expect(read.written).toEqual(repeated.body);
  });

  it.each([
    ['one that isn’t there', later(), null, 'which is missing'],
    ['itself', later({ same: { ...same, entry: '2' } }), first, 'not before it'],
    ['a later one', later({ same: { ...same, entry: '3' } }), first, 'not before it'],
    ['one of another request', later({}, '0b7f8a52-0000-4000-8000-000000000002'), first, 'another request'],
    ['other findings', later({ same: { ...same, sha256: 'a'.repeat(64) } }), first, 'found something else'],
    ['another step', later({ step: 'scan' }), first, 'another step'],
    ['another outcome', later({ outcome: 'waiting' }), first, 'another step or outcome'],
    ['nothing that can be looked for', later({ same: { entry: '0' } }), first, 'doesn’t say which'],
    [
      'one that repeats another itself',
      later(),
      nextEntry(null, { at, requestId, kind: repeated.kind, body: repeated.body }),
      'doesn’t say itself',
    ],
    [
      'one that is no end of a step',
      later(),
      nextEntry(null, { at, requestId, kind: 'step.started', body: { pass: 1, step: 'inspection' } }),
      'doesn’t say itself',
    ],
  ])('is refused where it repeats %s', (_, entry, source, said) => {
    expect(problem(entry, source)).toContain(said);
    expect(readWholeStep(entry, () => source)).toMatchObject({ readable: false });
  });

  it('is told from one whose text alone looks like it', () => {
    const finding = { rule: 'scan.file', outcome: 'pass', message: '"same":{' } as const;
    const nothing = { expected: null, found: null, fix: null, policy: null, path: [] };
    const written = stepFinished({
      pass: 1,
      step: 'scan',
      outcome: 'pass',
      durationMs: 1,
      findings: [{ ...finding, ...nothing }],
    });
    expect(repeatedBy({ kind: written.kind, body: canonicalJson(written.body) })).toBeNull();
    expect(repeatedBy({ kind: 'host.asked', body: later().body })).toBeNull();
  });

  it('has a digest that pass, time and what follows don’t change, and everything else does', () => {
    const { body } = inspection;
    expect(foundSha256({ ...body, pass: 9, durationMs: 9, next: 'release', version: 1 })).toBe(same.sha256);
    for (const name of ['findings', 'outcome', 'step', 'entries', 'configurationSha256'])
      expect([name, foundSha256({ ...body, [name]: 'x' })]).not.toEqual([name, same.sha256]);
  });
});
