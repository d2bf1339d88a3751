/** Jobs that ask for a look at the policy repository: a hint, whoever sent it, that costs one look a second at most. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { SignerContext } from './context.ts';

const policyQueue = 'policy';
const restMilliseconds = 1000;
/** One look answers all who have asked. */
const batchSize = 200;

export async function followOnDemand(
  boss: PgBoss,
  { follow, log }: { readonly follow: () => Promise<unknown>; readonly log: SignerContext['log'] },
): Promise<void> {
  // One look at a time, and a rest after each: a flood of jobs can't become a flood of fetches, nor a long queue.
  await boss.work<unknown>(policyQueue, { pollingIntervalSeconds: 0.5, batchSize }, async () => {
    await follow().catch((error: unknown) => log.warn({ err: error }, 'the policy could not be followed'));
    await sleep(restMilliseconds);
  });
}
