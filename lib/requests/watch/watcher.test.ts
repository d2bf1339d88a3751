import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseRequestId } from '#core/ids/index.ts';
import { openWatcher } from './watcher.ts';

const ids = Array.from({ length: 50 }, () => parseRequestId(randomUUID()));
const [first] = ids as [(typeof ids)[0]];
const forever = new AbortController().signal;

describe('waiting for requests', () => {
  it('looks once for all, and tells those whose request moved on', async () => {
    const looks: number[] = [];
    const stands = new Map(ids.map((id) => [id as string, 'one']));
    const watcher = openWatcher((asked) => {
      looks.push(asked.length);
      if (looks.length === 3) stands.set(first, 'two');
      return Promise.resolve(stands);
    }, 5);
    const ends = new AbortController();
    const all = [...ids, ...ids].map((id) => watcher.moved(id, 'one', ends.signal));
    expect(await all[0]).toBe(true);
    expect(await all[50]).toBe(true);
    expect(looks.slice(0, 3)).toEqual([50, 50, 50]);
    ends.abort();
    const others = await Promise.all(all.toSpliced(50, 1).slice(1));
    expect(others).not.toContain(true);
    expect(watcher.waiting()).toBe(0);
  });

  it('looks no more once nobody waits, and goes on after a look that failed', async () => {
    let looks = 0;
    const watcher = openWatcher(() => {
      looks += 1;
      return looks === 1 ? Promise.reject(new Error('away')) : Promise.resolve(new Map([[first, 'two']]));
    }, 5);
    expect(await watcher.moved(first, 'one', forever)).toBe(true);
    expect(looks).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(looks).toBe(2);
    expect(await watcher.moved(first, 'one', AbortSignal.abort())).toBe(false);
    expect(looks).toBe(2);
  });

  it('takes a request without a state for one that nothing is known of', async () => {
    const watcher = openWatcher(() => Promise.resolve(new Map()), 5);
    expect(await watcher.moved(first, '', AbortSignal.timeout(40))).toBe(false);
    expect(await watcher.moved(first, 'gone', forever)).toBe(true);
  });
});
