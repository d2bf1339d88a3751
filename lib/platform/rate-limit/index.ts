/** How often somebody may do something, and how much a network may read. */
export { limitReading } from './limit-reading.ts';
export { removeEndedCounts } from './remove-ended.ts';
export { callerName, openRateLimit, RateLimitError } from './rate-limit.ts';
export type { RateLimit } from './rate-limit.ts';
