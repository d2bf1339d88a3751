/** Health of timestamp authorities: whether the last timestamp was got, asked anew where none was wanted for a while. */
import { randomBytes } from 'node:crypto';
import type { HealthProbe } from '../health/index.ts';
import type { TimestampSource } from '../signing/index.ts';

/** Public authorities ask not to be asked more often than needed. */
const goodMs = 10 * 60_000;
/** After a failure: how soon it is tried again without a request that wants one. */
const failedMs = 60_000;

/** The source to use from then on, and its probe. Without one by which to time-stamp there is nothing to watch. */
export function watchTimestamps(
  source: TimestampSource,
  now: () => Date,
): { readonly source: TimestampSource; readonly probe: HealthProbe } {
  let last: { readonly at: Date; readonly url: string; readonly problem: string | null } | null = null;
  const watched: TimestampSource = {
    async over(signature) {
      try {
        const timestamp = await source.over(signature);
        last = { at: now(), url: timestamp.url, problem: null };
        return timestamp;
      } catch (error) {
        last = { at: now(), url: '', problem: error instanceof Error ? error.message : String(error) };
        throw error;
      }
    },
  };
  return {
    source: watched,
    probe: {
      component: 'timestamps',
      probe: async () => {
        const ageMs = last === null ? Infinity : now().getTime() - last.at.getTime();
        if (ageMs > ((last?.problem ?? null) === null ? goodMs : failedMs))
          await watched.over(randomBytes(32)).catch(() => undefined);
        if (last === null) return { state: 'down', detail: 'no timestamp was tried' };
        const { at, url, problem } = last;
        if (problem !== null) return { state: 'down', detail: `${problem} (${at.toISOString()})` };
        const measures = { got_timestamp_seconds: at.getTime() / 1000 };
        return { state: 'ok', detail: `${new URL(url).host} gave one at ${at.toISOString()}`, measures };
      },
    },
  };
}
