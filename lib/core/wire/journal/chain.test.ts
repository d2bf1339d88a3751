import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { nextEntry, verifyChain, type JournalEntry } from './chain.ts';

function chain(kinds: readonly string[]): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const [index, kind] of kinds.entries()) {
    const at = new Date(Date.UTC(2026, 0, 1, 0, 0, index));
    entries.push(nextEntry(entries.at(-1) ?? null, { at, requestId: null, kind, body: { index } }));
  }
  return entries;
}

describe('journal chain', () => {
  it('accepts what was appended in order', async () => {
    await expect(verifyChain(chain(['a', 'b', 'c']))).resolves.toMatchObject({ intact: true, entries: 3 });
  });

  it('shows any single altered entry', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.nat(), async (length, pick) => {
        const entries = chain(Array.from({ length }, (_, index) => `kind-${index}`));
        const at = pick % length;
        entries.splice(
          at,
          1,
          ...entries.slice(at, at + 1).map((entry) => ({ ...entry, body: '{"index":-1}' })),
        );
        await expect(verifyChain(entries)).resolves.toMatchObject({ intact: false, seq: BigInt(at + 1) });
      }),
    );
  });

  it('shows a removed, a swapped and a re-sealed entry', async () => {
    const entries = chain(['a', 'b', 'c', 'd']);
    const [first, second, third, fourth] = entries as [
      JournalEntry,
      JournalEntry,
      JournalEntry,
      JournalEntry,
    ];
    await expect(verifyChain([first, third, fourth])).resolves.toMatchObject({ intact: false, seq: 2n });
    await expect(verifyChain([first, third, second, fourth])).resolves.toMatchObject({ intact: false });
    const forged = nextEntry(first, { at: second.at, requestId: null, kind: 'forged', body: {} });
    await expect(verifyChain([first, forged, third])).resolves.toMatchObject({ intact: false, seq: 3n });
  });

  it('shows a number that was left out, however well what follows is sealed', async () => {
    const [first] = chain(['a']) as [JournalEntry];
    const more = { at: first.at, requestId: null, kind: 'b', body: {} };
    const later = nextEntry({ ...first, seq: first.seq + 3n }, more);
    await expect(verifyChain([first, later])).resolves.toMatchObject({ intact: false, seq: 2n });
  });
});
