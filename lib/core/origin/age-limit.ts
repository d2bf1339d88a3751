import type { Purpose } from './compared.ts';

/**
 * Oldest build of a release where neither policy nor foundation says anything. Waiting for approval counts, so it leaves
 * volunteers a holiday; approvals run for 30 days at most too. A build with a hole that was found since stays out.
 */
export const releaseAgeHoursDefault = 30 * 24;

export interface AgeLimit {
  readonly hours: number;
  /** Who says so: the policy, the foundation's floor, or this software. */
  readonly from: 'policy' | 'foundation' | 'default';
}

/** The oldest build that may be signed under a policy; null: any age, which only tests allow. */
export function ageLimit(
  own: number | undefined,
  floor: number | undefined,
  purpose: Purpose,
): AgeLimit | null {
  if (own !== undefined && own <= (floor ?? own)) return { hours: own, from: 'policy' };
  if (floor !== undefined) return { hours: floor, from: 'foundation' };
  return purpose === 'release' ? { hours: releaseAgeHoursDefault, from: 'default' } : null;
}
