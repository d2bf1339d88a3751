import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json/index.ts';
import { repeated, today } from '../wire/journal/fixtures/index.fixture.ts';
import { nextEntry, type JournalEntry } from '../wire/journal/index.ts';
import { verifyJournalLines } from './index.ts';

const requests = ['0b7f8a52-0000-4000-8000-000000000001', '0b7f8a52-0000-4000-8000-000000000002'] as const;
const found = today.find(({ kind, body }) => kind === 'step.finished' && body['step'] === 'inspection');
if (found === undefined) throw new Error('no such fixture');
const same = repeated.body['same'] as { readonly entry: string; readonly sha256: string };

interface Said {
  readonly request?: 0 | 1;
  readonly kind?: string;
  readonly body: Readonly<Record<string, JsonValue>>;
}

function chain(events: readonly Said[]): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const { request = 0, kind = 'step.finished', body } of events) {
    const at = new Date('2026-11-30T00:00:00Z');
    entries.push(nextEntry(entries.at(-1) ?? null, { at, requestId: requests[request], kind, body }));
  }
  return entries;
}

/** Of an export that begins with the entry of this number. */
function verify(entries: readonly JournalEntry[], first = 1): Promise<string | null> {
  const exported = entries.slice(first - 1);
  const [begin, end] = [exported[0], exported.at(-1)];
  if (begin === undefined || end === undefined) throw new Error('nothing is exported');
  const journal = {
    first: begin.seq.toString(),
    before: begin.previousHash,
    last: end.seq.toString(),
    head: end.entryHash,
  };
  const lines = (async function* () {
    await Promise.resolve();
    for (const entry of exported)
      yield JSON.stringify({ ...entry, seq: entry.seq.toString(), at: entry.at.toISOString() });
  })();
  return verifyJournalLines(lines, journal);
}

const repeats = (entry: number, sha256 = same.sha256): Said['body'] => ({
  ...repeated.body,
  same: { entry: String(entry), sha256 },
});

describe('entries of an export that repeat an earlier one', () => {
  it('are held to it, and where it is in an earlier export, say by its digest what was found', async () => {
    const entries = chain([found, { body: repeats(1) }, { body: repeats(1) }]);
    expect(await verify(entries)).toBeNull();
    expect(await verify(entries, 2)).toBeNull();
  });

  it.each([
    ['of another request', [found, { request: 1, body: repeats(1) }] as const, 'missing'],
    ['that found something else', [found, { body: repeats(1, 'a'.repeat(64)) }] as const, 'something else'],
    ['that comes later', [found, { body: repeats(3) }, found] as const, 'not before it'],
    ['that repeats one itself', [found, { body: repeats(1) }, { body: repeats(2) }] as const, 'missing'],
    [
      'that is no end of a step',
      [{ kind: 'step.started', body: { pass: 1, step: 'inspection' } }, { body: repeats(1) }] as const,
      'missing',
    ],
  ])('are refused where it is one %s', async (_, events, said) => {
    expect(await verify(chain(events))).toContain(said);
  });
});
