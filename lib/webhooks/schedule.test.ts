import { describe, expect, it } from 'vitest';
import { attemptsMax, delayAfter, pauseAfter, retryAfterOf } from './schedule.ts';

const now = new Date('2026-11-29T12:00:00Z');
const minute = 60_000;

describe('a message that isn’t taken', () => {
  it('is sent ten times over three days', () => {
    const delays = Array.from({ length: attemptsMax }, (_, index) => delayAfter(index + 1, 0, 0));
    expect(delays.map((delay) => (delay === null ? null : delay / minute))).toEqual([
      ...[5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440],
      null,
    ]);
  });

  it('is spread by up to a fifth, and never sent sooner', () => {
    expect([0, 0.5, 1].map((random) => (delayAfter(2, 0, random) ?? 0) / minute)).toEqual([5, 5.5, 6]);
  });

  it('waits as long as the receiver asks, within a day, and never less than it would anyway', () => {
    expect(retryAfterOf('120', now)).toBe(2 * minute);
    expect(retryAfterOf('Sun, 29 Nov 2026 12:10:00 GMT', now)).toBe(10 * minute);
    expect(retryAfterOf('999999999', now)).toBe(24 * 60 * minute);
    for (const nonsense of [undefined, '', 'soon', '-5', '1e3', 'Sun, 29 Nov 2020 12:10:00 GMT'])
      expect(retryAfterOf(nonsense, now)).toBe(0);
    expect(delayAfter(1, 2 * minute, 1)).toBe(2 * minute);
    expect(delayAfter(2, 2 * minute, 0)).toBe(5 * minute);
    expect(delayAfter(attemptsMax, 2 * minute, 0)).toBe(null);
  });

  it.each([null, 429, 502, 503, 504])('keeps others from being sent for a minute after %s', (status) => {
    expect(pauseAfter(status, 0)).toBe(minute);
    expect(pauseAfter(status, 5 * minute)).toBe(5 * minute);
  });

  it('doesn’t hold others up otherwise', () => {
    for (const status of [301, 400, 404, 500]) expect(pauseAfter(status, 0)).toBe(0);
  });
});
