/** When a message that wasn't taken is sent again. Pure. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
/** After the first attempt, the second, …: as Standard Webhooks advises. */
const delays = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];
export const attemptsMax = delays.length + 1;

/** At most so much is added, so that messages that failed together don't come back together. */
const jitter = 0.2;
/** Of what a receiver may ask for. */
const retryAfterMax = 24 * hour;
/** Statuses that say that the receiver is overloaded: nothing else is sent to it for a while, either. */
const overloaded: readonly number[] = [429, 502, 503, 504];
const pause = minute;

/** In milliseconds; null: the last attempt was made. `random` is from 0 to 1. */
export function delayAfter(attempts: number, retryAfter: number, random: number): number | null {
  const delay = delays[attempts - 1];
  return delay === undefined ? null : Math.max(delay * (1 + jitter * random), retryAfter);
}

/** How long a webhook is sent nothing, in milliseconds. `status` null: nobody answered in time. */
export function pauseAfter(status: number | null, retryAfter: number): number {
  return status === null || overloaded.includes(status) ? Math.max(pause, retryAfter) : retryAfter;
}

/** Retry-After (RFC 9110, section 10.2.3), in milliseconds and bounded; 0: there is none that can be read. */
export function retryAfterOf(value: string | undefined, now: Date): number {
  if (value === undefined) return 0;
  const wait = /^\d{1,9}$/.test(value) ? Number(value) * second : Date.parse(value) - now.getTime();
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), retryAfterMax) : 0;
}
