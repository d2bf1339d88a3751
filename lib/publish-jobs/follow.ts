/**
 * Follows jobs that wait. While none does, this is one look at an index; while one waits, the host is asked every six hours whether it
 * still does, and the database every few seconds whether its requests changed.
 */
import { z } from 'zod';
import { isError, printError } from '#core/error/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { isSameEnvironment, PublishAppError } from '../platform/publish-app/index.ts';
import type { WaitingRun } from '../platform/publish-app/index.ts';
import { delayAfter } from '../webhooks/index.ts';
import { decide } from './decide.ts';
import type { FollowContext, Job } from './decide.ts';
import { runDays } from './requests.ts';

/** Jobs of one turn; the rest follow a few seconds later. */
const atOnce = 20;
const leaseMilliseconds = 60_000;
/** The host ends a job's wait by itself after so long. */
const waitDays = 30;
const day = 86_400_000;

/** → what went wrong, in words. Safe in several portals at once. */
export async function followPublishJobs(
  portal: FollowContext,
  random: () => number = Math.random,
): Promise<readonly string[]> {
  const { publishApp } = portal;
  if (publishApp === null) return [];
  const problems: string[] = [];
  const attempt = async (id: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      problems.push(`the job ${id} that publishes: ${printError(error)}`);
    }
  };
  for (const job of await claimDue(portal)) await attempt(job.id, () => look(portal, job, random));
  for (const job of await changedJobs(portal)) {
    await attempt(job.id, async () => {
      const accepted = await acceptedPolicy(portal);
      if (accepted !== null) await decide(portal, accepted.snapshot, job);
    });
  }
  return problems;
}

const idSchema = z.object({ id: z.string() });

/** Nobody else looks at them for a minute; whoever dies in it leaves them to others. */
async function claimDue({ db, now }: Pick<Portal, 'db' | 'now'>): Promise<readonly Job[]> {
  const at = now();
  const rows = await db.$queryRaw<unknown[]>`
    UPDATE portal.publish_job SET look_at = ${new Date(at.getTime() + leaseMilliseconds)}
     WHERE id IN (SELECT id FROM portal.publish_job WHERE look_at <= ${at}
                   ORDER BY look_at LIMIT ${atOnce} FOR UPDATE SKIP LOCKED)
    RETURNING id::text`;
  return jobsOf(db, rows);
}

/** Jobs whose requests changed since they were judged; any of them, so that those that can't be judged keep nobody else waiting. */
async function changedJobs({ db }: Pick<Portal, 'db'>): Promise<readonly Job[]> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT job.id::text FROM portal.publish_job AS job
     WHERE job.look_at IS NOT NULL AND job.state = 'waiting'
       AND EXISTS (SELECT FROM portal.signing_request AS request
                     LEFT JOIN signer.request_state AS state ON state.request_id = request.id
                    WHERE request.project_slug = job.project_slug
                      AND request.submitted_at >= job.asked_at - make_interval(days => ${runDays}::int)
                      AND starts_with(request.submitted_by,
                                      'build:github/' || job.repository_id || '/' || job.run_id || '/')
                      AND coalesce(state.updated_at, request.submitted_at)
                            > coalesce(job.judged_until, '-infinity'::timestamptz))
     ORDER BY random() LIMIT ${atOnce}`;
  return jobsOf(db, rows);
}

async function jobsOf(db: Portal['db'], rows: readonly unknown[]): Promise<readonly Job[]> {
  const ids = rows.map((row) => idSchema.parse(row).id);
  return ids.length === 0
    ? []
    : db.publishJob.findMany({ where: { id: { in: ids } }, orderBy: { askedAt: 'asc' } });
}

/** What the host says of it now, then what it is told. */
async function look(portal: FollowContext, job: Job, random: () => number): Promise<void> {
  const { publishApp, db, now } = portal;
  if (publishApp === null) return;
  if (now().getTime() - job.askedAt.getTime() >= waitDays * day) {
    await end(portal, job, `GitHub ends a job’s wait after ${waitDays} days.`);
    return;
  }
  let run: WaitingRun | null;
  try {
    run = await publishApp.findRun(job, job.runId);
  } catch (error) {
    if (!isError(error, PublishAppError)) throw error;
    const failures = job.failures + 1;
    const retryAfter = error.retryAt === null ? 0 : error.retryAt.getTime() - now().getTime();
    const delay = delayAfter(failures, retryAfter, random());
    if (delay === null)
      await end(portal, job, `GitHub didn’t let the portal look at the run: ${error.message}`);
    else {
      await db.publishJob.updateMany({
        where: { id: job.id, lookAt: { not: null } },
        data: {
          failures,
          lookAt: new Date(now().getTime() + delay),
          reason: `The portal can’t look at the run: ${error.message}`,
        },
      });
    }
    return;
  }
  if (!(run?.environments.some((one) => isSameEnvironment(one, job.environment)) ?? false)) {
    await end(
      portal,
      job,
      run === null
        ? 'GitHub has no such run in the repository.'
        : 'GitHub doesn’t wait for anybody’s word any more.',
    );
    return;
  }
  const attempt = run?.attempt ?? 1;
  // Another attempt waits anew: what the one before was told doesn't count for it.
  const anew = attempt === job.attempt ? {} : { attempt, told: null };
  const waiting = { state: 'waiting', failures: 0, ...anew };
  await db.publishJob.updateMany({ where: { id: job.id, lookAt: { not: null } }, data: waiting });
  const accepted = await acceptedPolicy(portal);
  if (accepted !== null) await decide(portal, accepted.snapshot, { ...job, ...waiting });
}

/** What was decided stays decided: nobody waits for it because it was answered. */
async function end({ db }: Pick<Portal, 'db'>, job: Job, why: string): Promise<void> {
  const decided =
    job.told === 'released' ? 'approved' : job.told?.startsWith('rejected') === true ? 'rejected' : null;
  await db.publishJob.updateMany({
    where: { id: job.id, lookAt: { not: null } },
    data: {
      lookAt: null,
      state: decided ?? 'ended',
      ...(decided === null ? { reason: why.slice(0, 500) } : {}),
    },
  });
}
