import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRateLimit } from './index.ts';

describe('a rate limit', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('stops one key and not another, says how long to wait, and admits it afterwards', async () => {
    const limit = openRateLimit({ name: 'test', points: 2, seconds: 10 });
    await limit.count(null, 'a');
    await limit.count(null, 'a');
    await expect(limit.count(null, 'a')).rejects.toMatchObject({ code: 'TOO_OFTEN', retryAfterSeconds: 10 });
    await limit.count(null, 'b');
    vi.advanceTimersByTime(10_001);
    await expect(limit.count(null, 'a')).resolves.toBeUndefined();
  });
});
