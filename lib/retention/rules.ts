/** The foundation's rules of what goes away when, as its configuration says. Pure. */
import type { PortalConfig } from '../platform/config/index.ts';

/** How a request ended; those that were signed have no rule, and neither have those that haven't ended. */
export const ruleNames = ['denied', 'failed'] as const;
export type RuleName = (typeof ruleNames)[number];

export interface Rule {
  /** Also the status of the requests that it is about. */
  readonly name: RuleName;
  readonly days: number;
}

const dayMilliseconds = 24 * 3_600_000;

/** Those that are configured: without them everything that a request uses is kept. */
export function rulesOf({ retention }: Pick<PortalConfig, 'retention'>): readonly Rule[] {
  const days = { denied: retention?.deniedDays, failed: retention?.failedDays };
  return ruleNames.flatMap((name) => (days[name] === undefined ? [] : [{ name, days: days[name] }]));
}

/** Requests that ended before are old enough. */
export const cutoffOf = ({ days }: Rule, now: Date): Date => new Date(now.getTime() - days * dayMilliseconds);
