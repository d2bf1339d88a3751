import { KeyHolderError } from '../protocol/index.ts';

/**
 * A sliding window over the last minute: a compromised daemon can't use the key faster than this.
 * `take` throws RATE_EXCEEDED when the window is full. Times are milliseconds since the epoch.
 */
export function createRateLimit(signaturesPerMinuteMax: number): { take(now: number): void } {
  const taken: number[] = [];
  return {
    take(now) {
      while ((taken[0] ?? now) <= now - 60_000) taken.shift();
      const oldest = taken[0];
      if (oldest !== undefined && taken.length >= signaturesPerMinuteMax) {
        const waitSeconds = Math.max(1, Math.ceil((oldest + 60_000 - now) / 1000));
        throw new KeyHolderError(
          'RATE_EXCEEDED',
          `${signaturesPerMinuteMax} signatures in the last minute is the limit of this key holder; ` +
            `try again in ${waitSeconds} s, or raise rate.signaturesPerMinuteMax if this load is expected`,
        );
      }
      taken.push(now);
    },
  };
}
