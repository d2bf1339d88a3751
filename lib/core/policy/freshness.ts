/** How old the policy in force may get: a Git host that withholds newer commits must not be able to freeze it unseen. */
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PolicySnapshot } from './snapshot.ts';

export const alarmDaysDefault = 90;
const dayMilliseconds = 24 * 3600 * 1000;

export interface FreshnessLimits {
  /** When the policy raises the alarm. */
  readonly alarmAt: Date;
  /** When nothing is signed under it any more; null: it goes on. */
  readonly stopAt: Date | null;
}

/**
 * A snapshot and its date → its limits. The date is the committer's of the commit in force: whoever signs the commit's
 * name signs its date, and who shows an older commit shows an older date.
 */
export function freshnessLimits({ foundation }: PolicySnapshot, datedAt: Date): FreshnessLimits {
  const { alarmDays = alarmDaysDefault, stopDays } = foundation.value.policyFreshness ?? {};
  const after = (days: number): Date => new Date(datedAt.getTime() + days * dayMilliseconds);
  return { alarmAt: after(alarmDays), stopAt: stopDays === undefined ? null : after(stopDays) };
}

/** Whoever is stopped has to have been warned. */
export function checkFreshness({ foundation }: PolicySnapshot): readonly Diagnostic[] {
  const { policyFreshness } = foundation.value;
  if (policyFreshness?.stopDays === undefined) return [];
  const { alarmDays, stopDays } = policyFreshness;
  if (stopDays > alarmDays) return [];
  const message = `Signing would stop after ${stopDays} days, but the alarm only comes after ${alarmDays}.`;
  const fix = `Set stopDays to more than ${alarmDays}.`;
  return [diagnosticIn(foundation, ['policyFreshness', 'stopDays'], 'rule.freshness', message, fix)];
}
