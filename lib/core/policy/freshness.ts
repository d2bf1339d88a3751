/**
 * How old the policy in force may become: a Git host that withholds newer commits must not be able to freeze it
 * unnoticed.
 */
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PolicySnapshot } from './snapshot.ts';

export const alarmDaysDefault = 90;
const dayMilliseconds = 24 * 3600 * 1000;

export interface FreshnessLimits {
  /** When the policy's age raises an alarm. */
  readonly alarmAt: Date;
  /** When nothing is signed under it any more; null: never. */
  readonly stopAt: Date | null;
}

/**
 * A snapshot and its date → its limits. The date is the committer's of the commit in force: signing the commit's name
 * signs its date, and presenting an older commit presents an older date.
 */
export function freshnessLimits({ foundation }: PolicySnapshot, datedAt: Date): FreshnessLimits {
  const { alarmDays = alarmDaysDefault, stopDays } = foundation.value.policyFreshness ?? {};
  const after = (days: number): Date => new Date(datedAt.getTime() + days * dayMilliseconds);
  return { alarmAt: after(alarmDays), stopAt: stopDays === undefined ? null : after(stopDays) };
}

/** A warning must precede the stop. */
export function checkFreshness({ foundation }: PolicySnapshot): readonly Diagnostic[] {
  const { policyFreshness } = foundation.value;
  if (policyFreshness?.stopDays === undefined) return [];
  const { alarmDays, stopDays } = policyFreshness;
  if (stopDays > alarmDays) return [];
  const message = `Signing would stop after ${stopDays} days, but the alarm only comes after ${alarmDays}.`;
  const fix = `Set stopDays to more than ${alarmDays}.`;
  return [diagnosticIn(foundation, ['policyFreshness', 'stopDays'], 'rule.freshness', message, fix)];
}
