/**
 * What goes away once it is old enough. Each round is as of the time that has passed for certain: a portal whose clock is ahead would
 * otherwise remove for good what isn't old.
 */
import { removeOldFetches } from '../artifact-fetches/index.ts';
import { passedTime } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { removeOldJobs } from '../publish-jobs/index.ts';
import { applyRetention } from '../retention/index.ts';
import { removeSampleFiles } from '../samples/index.ts';
import { removeOrphans, removeUnusedUploads } from '../uploads/index.ts';
import { removeOldDeliveries } from '../webhooks/index.ts';

const minuteSeconds = 60;
const fiveMinutesSeconds = 300;
const hourSeconds = 3600;
/** The artifact store has this many parts; one part per run checks all of it within a day. */
const storeParts = 256;

interface Removal {
  readonly seconds: number;
  /** One round → what went wrong. */
  readonly run: () => Promise<readonly string[]>;
}

export function removalsOf(portal: Portal): readonly Removal[] {
  const removal = (seconds: number, run: (as: Portal) => Promise<readonly string[]>): Removal => ({
    seconds,
    run: async () => {
      const at = await passedTime(portal.db, portal.now);
      return run({ ...portal, now: () => at });
    },
  });
  let part = Math.floor(Math.random() * storeParts);
  return [
    removal(fiveMinutesSeconds, async (as) => (await removeUnusedUploads(as)).problems),
    removal(fiveMinutesSeconds, async (as) => {
      part = (part + 1) % storeParts;
      await removeOrphans(as, part.toString(16).padStart(2, '0'));
      return [];
    }),
    removal(minuteSeconds, async (as) => (await applyRetention(as)).problems),
    removal(minuteSeconds, removeSampleFiles),
    removal(hourSeconds, removeOldFetches),
    removal(fiveMinutesSeconds, removeOldDeliveries),
    ...(portal.publishApp === null ? [] : [removal(hourSeconds, removeOldJobs)]),
  ];
}
