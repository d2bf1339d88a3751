/** Health of timestamp authorities: whether the last timestamp was got, asked anew where none was wanted for a while. */
import { randomBytes } from 'node:crypto';
import type { HealthProbe } from '../health/index.ts';
import type { TimestampSource } from '../signing/index.ts';

/** Authorities of others renew theirs by themselves, some weeks before; an own one has to be renewed by a ceremony. */
export const endsSoonDays = 30;
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
  let pathEnds: Date | null = null;
  const watched: TimestampSource = {
    async over(signature) {
      try {
        const timestamp = await source.over(signature);
        last = { at: now(), url: timestamp.url, problem: null };
        pathEnds = timestamp.pathEnds ?? null;
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
        const ends =
          pathEnds === null ? {} : { certificate_ends_timestamp_seconds: pathEnds.getTime() / 1000 };
        const measures = { got_timestamp_seconds: at.getTime() / 1000, ...ends };
        const given = `${new URL(url).host} gave one at ${at.toISOString()}`;
        if (pathEnds === null || pathEnds.getTime() - now().getTime() > endsSoonDays * 86_400_000)
          return { state: 'ok', detail: given, measures };
        const renew = `its certificates end at ${pathEnds.toISOString()}: have them renewed, and add a new root to timestamp.trustedRoots before that`;
        return { state: 'degraded', detail: `${given}; ${renew}`, measures };
      },
    },
  };
}
