/** Judges one job, and has the host told what changed: the answer and its record are one transaction. */
import { parseProjectSlug } from '#core/ids/index.ts';
import { identitiesOf } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { parsePersonHandle } from '#core/ids/index.ts';
import type { Identity } from '#core/identity/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { isSameEnvironment } from '../platform/publish-app/index.ts';
import { addRuleAnswer } from '../webhooks/index.ts';
import { judgeJob, requestMinutesMax } from './judge.ts';
import { placesOfJob, publishPlaces } from './places.ts';
import { requestsOfRun } from './requests.ts';
import { commentOf, reasonOf } from './words.ts';

export type FollowContext = Pick<Portal, 'config' | 'db' | 'now' | 'policies' | 'publishApp'>;
export type Job = NonNullable<Awaited<ReturnType<Portal['db']['publishJob']['findFirst']>>>;

/** While nothing changes, the host is asked whether the job still waits. */
const lookHours = 6;
const hour = 3_600_000;

export async function decide(ctx: FollowContext, snapshot: PolicySnapshot, job: Job): Promise<void> {
  if (ctx.publishApp === null) return;
  const places = placesOfJob(publishPlaces(snapshot, ctx.publishApp.issuers), job);
  const naming = places
    .filter(({ environment }) => isSameEnvironment(environment, job.environment))
    .map(({ policy }) => policy);
  const { requests, changedAt } = await requestsOfRun(ctx, job);
  const verdict = judgeJob({
    requests: requests.filter(({ policy }) => (naming as readonly string[]).includes(policy)),
    isNamed: naming.length > 0,
    askedAt: job.askedAt,
    now: ctx.now(),
  });
  const { state, told } = verdict;
  const notified = firstAuthor(snapshot, job.projectSlug);
  if (notified === null) {
    const data = { state: 'ended', lookAt: null, reason: 'Its project isn’t in the policy any more.' };
    await ctx.db.publishJob.updateMany({ where: { id: job.id, lookAt: { not: null } }, data });
    return;
  }
  const reason = reasonOf(verdict, job.environment);
  const comment = commentOf(verdict, { environment: job.environment, publicUrl: ctx.config.publicUrl });
  const kept = state === 'rejected' ? `rejected:${told}` : told;
  await ctx.db.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT id FROM portal.publish_job WHERE id = ${job.id}::uuid FOR UPDATE`;
    const row = await transaction.publishJob.findUnique({ where: { id: job.id } });
    // Another portal decided it, or it was asked for anew, meanwhile.
    if (row?.state !== 'waiting' || row.lookAt === null || row.attempt !== job.attempt) return;
    if (row.askedAt.getTime() !== job.askedAt.getTime()) return;
    await transaction.publishJob.update({
      where: { id: job.id },
      data: {
        state,
        reason,
        told: kept,
        judgedUntil: changedAt,
        lookAt: state === 'waiting' ? nextLook(ctx.now(), job.askedAt, told) : null,
      },
    });
    if (row.told === kept) return;
    await addRuleAnswer(transaction, ctx, {
      project: parseProjectSlug(job.projectSlug),
      notified,
      // A later job of the same attempt asks anew, and is told anew.
      key: `publish ${job.id} ${job.attempt} ${job.askedAt.toISOString()} ${kept}`,
      answer: {
        installationId: job.installationId,
        repositoryId: job.repositoryId,
        runId: job.runId,
        environment: job.environment,
        state: state === 'waiting' ? null : state,
        comment,
      },
    });
  });
}

function nextLook(now: Date, askedAt: Date, told: string): Date {
  const usual = now.getTime() + lookHours * hour;
  if (told !== 'none-yet') return new Date(usual);
  return new Date(Math.min(usual, askedAt.getTime() + (requestMinutesMax / 60) * hour));
}

/** Gets the notice if answers aren't taken for days; null: the project is gone. */
function firstAuthor(snapshot: PolicySnapshot, slug: string): Identity | null {
  const handle = snapshot.projects.get(parseProjectSlug(slug))?.project.value.team.authors[0];
  const person = handle === undefined ? undefined : snapshot.people.get(parsePersonHandle(handle));
  return person === undefined ? null : identitiesOf(person.value)[0];
}
