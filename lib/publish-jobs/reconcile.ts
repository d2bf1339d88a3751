/** Deliveries get lost, and a portal is down: GitHub delivers again, and jobs that wait are found without. On a bounded schedule. */
import { isError } from '#core/error/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { isSameEnvironment, PublishAppError } from '../platform/publish-app/index.ts';
import type { PublishApp } from '../platform/publish-app/index.ts';
import { publishPlaces } from './places.ts';
import type { PublishPlace } from './places.ts';
import { recordJob } from './receive.ts';

type ReconcileContext = Pick<Portal, 'config' | 'db' | 'now' | 'policies' | 'publishApp'>;

/** Deliveries asked for in one run. */
const redeliveredMax = 20;
/** Repositories looked at in one run, and new runs in each: four calls for one, and one for each new run. */
const repositoriesMax = 20;
const runsMax = 20;
const keptDays = 90;
const removedAtOnce = 1_000;

/** Has GitHub deliver again what the portal didn't take. → what went wrong, in words. */
export async function redeliverLost({ publishApp }: ReconcileContext): Promise<readonly string[]> {
  if (publishApp === null) return [];
  return told('deliveries of jobs that publish', async () => {
    for (const { id } of (await publishApp.lostDeliveries()).slice(0, redeliveredMax))
      await publishApp.redeliver(id);
  });
}

/** Looks for jobs that wait and that no delivery told of: of so many repositories from the given one on. → where the next begins. */
export async function findWaitingJobs(
  ctx: ReconcileContext,
  from: number,
): Promise<{ readonly next: number; readonly problems: readonly string[] }> {
  const { publishApp } = ctx;
  const accepted = publishApp === null ? null : await acceptedPolicy(ctx);
  if (publishApp === null || accepted === null) return { next: 0, problems: [] };
  const named = publishPlaces(accepted.snapshot, publishApp.issuers).filter(
    ({ environment }) => environment !== null,
  );
  const repositories = [...Map.groupBy(named, ({ repositoryId }) => repositoryId).values()];
  const start = from < repositories.length ? from : 0;
  const problems: string[] = [];
  for (const places of repositories.slice(start, start + repositoriesMax)) {
    const [{ path } = { path: '' }] = places;
    problems.push(...(await told(`jobs of ${path} that wait`, () => findIn(ctx, publishApp, places))));
  }
  return { next: start + repositoriesMax, problems };
}

async function findIn(
  ctx: ReconcileContext,
  app: PublishApp,
  places: readonly PublishPlace[],
): Promise<void> {
  const [place] = places;
  const at =
    place === undefined ? null : await app.findInstallation({ id: place.repositoryId, path: place.path });
  if (at === null) return;
  const runs = await app.waitingRuns(at);
  const known = await ctx.db.publishJob.findMany({
    where: { repositoryId: at.repositoryId, runId: { in: [...runs] } },
    select: { runId: true, environment: true, attempt: true, lookAt: true },
  });
  const followed = new Set(known.filter(({ lookAt }) => lookAt !== null).map(({ runId }) => runId));
  for (const runId of runs.filter((one) => !followed.has(one)).slice(0, runsMax)) {
    const run = await app.findRun(at, runId);
    for (const environment of run?.environments ?? []) {
      // It was decided, and the answer is on its way or on the list of those that weren't taken.
      const isDecided = known.some(
        (job) =>
          job.runId === runId &&
          isSameEnvironment(job.environment, environment) &&
          job.attempt === run?.attempt,
      );
      const isNamed = places.some((one) => isSameEnvironment(one.environment, environment));
      if (isNamed && !isDecided) await recordJob(ctx, { ...at, runId, environment }, null);
    }
  }
}

/** Removes what no run can ask for again. → what went wrong, in words. */
export async function removeOldJobs({ db, now }: Pick<Portal, 'db' | 'now'>): Promise<readonly string[]> {
  const before = new Date(now().getTime() - keptDays * 86_400_000);
  await db.$executeRaw`
    DELETE FROM portal.publish_job
     WHERE id IN (SELECT id FROM portal.publish_job WHERE asked_at < ${before} ORDER BY asked_at LIMIT ${removedAtOnce})`;
  return [];
}

async function told(what: string, work: () => Promise<void>): Promise<readonly string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (!isError(error, PublishAppError)) throw error;
    return [`${what}: ${error.message}`];
  }
}
