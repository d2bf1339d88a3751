/** The period of an export: from its start, inclusive, to its end, exclusive. */
export interface AuditPeriod {
  readonly from: Date;
  readonly to: Date;
}

/**
 * What happened this recently may not be on record yet: a row has the time of the event, and appears once its
 * transaction ends. The
 * signer ends transactions of the portal that take longer.
 */
export const settledAfterSeconds = 120;
export const periodDaysMax = 366;

const dayMilliseconds = 24 * 3600 * 1000;

export type PeriodProblem = 'backwards' | 'too-long' | 'not-over';

/** null: it can be exported. */
export function problemOfPeriod({ from, to }: AuditPeriod, now: Date): PeriodProblem | null {
  if (!(from < to)) return 'backwards';
  if (to.getTime() - from.getTime() > periodDaysMax * dayMilliseconds) return 'too-long';
  if (to.getTime() > now.getTime() - settledAfterSeconds * 1000) return 'not-over';
  return null;
}

/** The month before that of `now`, in UTC. */
export function lastMonth(now: Date): AuditPeriod {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  return { from: new Date(Date.UTC(year, month - 1)), to: new Date(Date.UTC(year, month)) };
}

/** `2026-11-30` → the beginning of that day in UTC; null: no such day. */
export function parseDay(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = new Date(`${text}T00:00:00.000Z`);
  return Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text) ? null : at;
}

export const dayAfter = (day: Date): Date => new Date(day.getTime() + dayMilliseconds);
