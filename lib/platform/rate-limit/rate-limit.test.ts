import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRateLimit } from './index.ts';

describe('a rate limit', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('stops one key and not another, says how long to wait, and admits it afterwards', async () => {
    const limit = openRateLimit({ points: 2, seconds: 10 });
    await limit.count('a');
    await limit.count('a');
    await expect(limit.count('a')).rejects.toMatchObject({ code: 'TOO_OFTEN', retryAfterSeconds: 10 });
    await limit.count('b');
    vi.advanceTimersByTime(10_001);
    await expect(limit.count('a')).resolves.toBeUndefined();
  });
});
