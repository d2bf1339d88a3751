import { describe, expect, it } from 'vitest';
import { openKeptCounts } from './kept-counts.ts';

describe('cached counts', () => {
  it('evict the least recently used', () => {
    const counts = openKeptCounts(3);
    for (const key of ['a', 'b', 'c']) counts.set(key, { to: 1n, count: 1 });
    expect(counts.get('a')).toEqual({ to: 1n, count: 1 });
    counts.set('d', { to: 1n, count: 1 });
    expect(['a', 'b', 'c', 'd'].map((key) => counts.get(key) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
    counts.set('a', { to: 5n, count: 4 });
    expect(counts.get('a')).toEqual({ to: 5n, count: 4 });
  });
});
