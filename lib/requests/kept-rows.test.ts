import { describe, expect, it } from 'vitest';
import { openKeptRows } from './kept-rows.ts';

const row = (seq: number, characters: number) => ({
  seq: BigInt(seq),
  at: new Date(0),
  kind: 'step.finished',
  entryHash: '',
  counts: null,
  body: 'x'.repeat(characters),
});

describe('cached entries', () => {
  it('evict the least recently used', () => {
    const kept = openKeptRows(5_000);
    for (const seq of [1, 2, 3]) kept.set(row(seq, 1_000));
    expect(kept.get(1n)?.seq).toBe(1n);
    kept.set(row(4, 1_000));
    expect([1n, 2n, 3n, 4n].map((seq) => kept.get(seq) !== undefined)).toEqual([true, false, true, true]);
    kept.set(row(5, 10_000));
    expect([1n, 3n, 4n, 5n].some((seq) => kept.get(seq) !== undefined)).toBe(false);
    // What was counted for them is given back.
    for (const seq of [6, 7, 8]) kept.set(row(seq, 1_000));
    for (let again = 0; again < 50; again += 1) kept.set(row(8, 1_000));
    expect([6n, 7n, 8n].every((seq) => kept.get(seq) !== undefined)).toBe(true);
  });
});
