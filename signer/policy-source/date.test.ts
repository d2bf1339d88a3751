import { describe, expect, it } from 'vitest';
import { dateProblem } from './date.ts';

const now = new Date('2026-11-28T12:00:00Z');
const later = (milliseconds: number): Date => new Date(now.getTime() + milliseconds);
const minutes = 60_000;

describe('the date of a commit that follows the accepted one', () => {
  it('must be readable', () => {
    expect(dateProblem(null, null, now)).toContain('no date');
    expect(dateProblem(now, null, now)).toBeNull();
  });

  it('is at most ten minutes ahead of the signer’s clock', () => {
    expect(dateProblem(later(10 * minutes), null, now)).toBeNull();
    expect(dateProblem(later(10 * minutes + 1), null, now)).toContain('in the future');
  });

  it('is not before that of the commit it follows', () => {
    expect(dateProblem(later(-1000), later(-1000), now)).toBeNull();
    expect(dateProblem(later(-1001), later(-1000), now)).toContain('before the policy in force');
    // Within what clocks differ by, the accepted one's date counts.
    expect(dateProblem(later(9 * minutes), later(10 * minutes), now)).toContain('before the policy in force');
  });

  it('is not blocked by a first commit that is dated in the future', () => {
    expect(dateProblem(now, later(10 * minutes + 1), now)).toBeNull();
  });
});
