import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Database } from '../db/index.ts';
import { openRateLimit } from './index.ts';
import { openSharedCounts, type Counted, type KeyToCount } from './shared-counts.ts';

/** A database of which each answer is given by hand. */
function byHand() {
  const asked: { readonly keys: readonly KeyToCount[]; readonly fail: (error: Error) => void }[] = [];
  const sums = new Map<string, number>();
  const answers: (() => void)[] = [];
  const write = (keys: readonly KeyToCount[]) =>
    new Promise<ReadonlyMap<string, Counted>>((resolve, reject) => {
      asked.push({ keys, fail: reject });
      answers.push(() => {
        for (const { key, more } of keys) sums.set(key, (sums.get(key) ?? 0) + more);
        resolve(
          new Map(keys.map(({ key }) => [key, { count: sums.get(key) ?? 0, milliseconds: 1000 }] as const)),
        );
      });
    });
  return { asked, write, answer: () => answers.shift()?.() };
}

describe('counts of all portals', () => {
  it('are asked for in one statement at a time, each key once, and everybody gets a number of their own', async () => {
    const { asked, write, answer } = byHand();
    const counts = openSharedCounts(write);
    const first = counts.count('a', 60);
    const rest = ['b', 'a', 'b', 'b'].map((key) => counts.count(key, 60));
    expect(asked.map(({ keys }) => keys)).toEqual([[{ key: 'a', seconds: 60, more: 1 }]]);
    answer();
    expect(await first).toMatchObject({ count: 1 });
    expect(asked[1]?.keys).toEqual([
      { key: 'b', seconds: 60, more: 3 },
      { key: 'a', seconds: 60, more: 1 },
    ]);
    answer();
    expect((await Promise.all(rest)).map((counted) => counted?.count)).toEqual([1, 2, 2, 3]);
    expect(asked).toHaveLength(2);
  });

  it('aren’t waited for while the database is away, and are asked for again later', async () => {
    let time = 0;
    const { asked, write, answer } = byHand();
    const counts = openSharedCounts(write, { now: () => time });
    const lost = counts.count('a', 60);
    asked[0]?.fail(new Error('the connection broke'));
    expect(await lost).toBe(null);
    expect([await counts.count('a', 60), asked.length]).toEqual([null, 1]);
    time = 5_000;
    const found = counts.count('a', 60);
    expect(asked).toHaveLength(2);
    answer();
    answer();
    expect(await found).toMatchObject({ milliseconds: 1000 });
  });

  it('are given up by who waits too long', async () => {
    const { write } = byHand();
    expect(await openSharedCounts(write, { answersWithin: 5 }).count('a', 60)).toBe(null);
  });
});

describe('a limit', () => {
  const db = {} as Database;

  it('holds at each portal by itself while the database is away', async () => {
    const limit = openRateLimit({ name: 'x', points: 1, seconds: 60 }, () => ({
      count: () => Promise.resolve(null),
    }));
    await limit.count(db, 'a');
    await expect(limit.count(db, 'a')).rejects.toMatchObject({ code: 'TOO_OFTEN' });
    await limit.count(db, 'b');
  });

  it('asks the database nothing about those whom it has refused, until their window ends', async () => {
    let asked = 0;
    const limit = openRateLimit({ name: 'x', points: 1, seconds: 60 }, () => ({
      count: () => Promise.resolve({ count: (asked += 1), milliseconds: 30 }),
    }));
    await limit.count(db, 'a');
    for (let time = 0; time < 3; time += 1)
      await expect(limit.count(db, 'a')).rejects.toMatchObject({ retryAfterSeconds: 1 });
    expect(asked).toBe(2);
    await sleep(40);
    await expect(limit.count(db, 'a')).rejects.toMatchObject({ code: 'TOO_OFTEN' });
    expect(asked).toBe(3);
  });
});
