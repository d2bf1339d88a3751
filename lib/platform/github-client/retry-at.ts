const waitSecondsDefault = 60;
/** Limits of GitHub end within the hour. A header that says a century is a fault, and nobody waits for it. */
const waitSecondsMax = 24 * 3600;

/** Headers of an answer that asks to wait → when to ask again: never before `now`, never later than a day after. */
export function retryAtOf(headers: Readonly<Record<string, unknown>>, now: Date): Date {
  const after = Number(headers['retry-after']);
  const reset = Number(headers['x-ratelimit-reset']);
  let seconds = waitSecondsDefault;
  if (Number.isFinite(after) && after >= 0) seconds = after;
  else if (headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset))
    seconds = reset - now.getTime() / 1000;
  return new Date(now.getTime() + Math.min(Math.max(seconds, 0), waitSecondsMax) * 1000);
}
