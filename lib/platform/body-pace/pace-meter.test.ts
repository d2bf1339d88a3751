import { describe, expect, it } from 'vitest';
import { createPaceMeter } from './pace-meter.ts';
import type { PaceFault } from './pace-meter.ts';

const pace = { idleMilliseconds: 60_000, bytesPerSecondMin: 1000, windowMilliseconds: 120_000 };

/** Looks every ten seconds at a sender of so many bytes in each of them. */
function faultOf(
  tens: readonly (number | { readonly bytes: number; readonly unread: true })[],
): { readonly fault: PaceFault; readonly seconds: number } | null {
  const look = createPaceMeter(pace, 5);
  let bytes = 0;
  for (const [index, one] of tens.entries()) {
    bytes += typeof one === 'number' ? one : one.bytes;
    const now = 5 + (index + 1) * 10_000;
    const fault = look({ now, bytes, unread: typeof one !== 'number' });
    if (fault !== null) return { fault, seconds: (index + 1) * 10 };
  }
  return null;
}
const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('the pace of a body', () => {
  it('doesn’t depend on the total time', () => {
    expect(faultOf(many(100_000, 10_000))).toBeNull();
  });

  it('is stalled after the idle time without a byte, and each byte restarts it', () => {
    expect(faultOf([50_000, ...many(20, 0)])).toEqual({ fault: 'stalled', seconds: 70 });
    expect(faultOf([60_000, 0, 0, 0, 0, 0, 60_000, 0, 0, 0, 0, 0, 120_000])).toBeNull();
  });

  it('is slow if only an occasional byte keeps the connection open', () => {
    expect(faultOf(many(100, 1))).toEqual({ fault: 'slow', seconds: 120 });
  });

  it('is slow in a later window though the first was fast', () => {
    expect(faultOf([1_000_000_000, ...many(100, 1)])).toEqual({ fault: 'slow', seconds: 240 });
  });

  it('may vary within a window', () => {
    expect(faultOf([0, 0, 0, 0, 0, 120_000, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 120_000])).toBeNull();
  });

  it('isn’t held against the sender while the portal doesn’t read', () => {
    expect(faultOf(many(1000, { bytes: 0, unread: true }))).toBeNull();
    expect(faultOf([...many(1000, { bytes: 0, unread: true } as const), ...many(6, 0)])).toEqual({
      fault: 'stalled',
      seconds: 10_060,
    });
  });
});
