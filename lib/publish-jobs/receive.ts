/** The host says that a job waits. It is a reason to look, never a fact: the host is asked before anything is answered. */
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { verifyDelivery, WebhookError } from '../platform/git-host/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { placesOfJob, publishPlaces } from './places.ts';

export type ReceivedJob = 'fresh' | 'duplicate' | 'ignored' | 'other-repository' | 'too-many';

/** Of one project, that wait at the same time. */
const waitingJobsMax = 200;
const deliveriesMax = 20;

const id = z.number().int().positive().transform(String);
const requested = z.object({
  action: z.literal('requested'),
  environment: z.string().min(1).max(255),
  // Of its path nothing but the run is read; its host is never asked.
  deployment_callback_url: z.string().max(1_000),
  repository: z.object({ id }),
  installation: z.object({ id }),
});
const callbackForm = /\/actions\/runs\/([1-9]\d{0,18})\/deployment_protection_rule$/;

interface AskedJob {
  readonly repositoryId: string;
  readonly installationId: string;
  readonly runId: string;
  readonly environment: string;
}

/** Null where this portal takes none. Throws WebhookError. */
export async function receiveJob(call: {
  readonly ctx: Pick<Portal, 'config' | 'db' | 'now' | 'policies' | 'publishApp'>;
  readonly input: { readonly headers: Headers; readonly body: Uint8Array };
}): Promise<ReceivedJob | null> {
  const { ctx, input } = call;
  const named = ctx.config.publishing?.github;
  if (named === undefined || ctx.publishApp === null) return null;
  const secret = (await readFile(named.webhookSecretFile, 'utf8')).trim();
  const delivery = verifyDelivery({ ...input, secret });
  if (delivery.name !== 'deployment_protection_rule') return 'ignored';
  const parsed = requested.safeParse(delivery.payload);
  const runId = callbackForm.exec(parsed.data?.deployment_callback_url ?? '')?.[1];
  if (parsed.data === undefined || runId === undefined) {
    throw new WebhookError('PAYLOAD_INVALID', 'it is no request for a deployment protection rule');
  }
  const { environment, repository, installation } = parsed.data;
  const job = { runId, environment, repositoryId: repository.id, installationId: installation.id };
  return recordJob(ctx, job, delivery.id);
}

/** Also for jobs that were found waiting: `deliveryId` null. */
export async function recordJob(
  ctx: Pick<Portal, 'config' | 'db' | 'now' | 'policies' | 'publishApp'>,
  job: AskedJob,
  deliveryId: string | null,
): Promise<ReceivedJob> {
  const accepted = await acceptedPolicy(ctx);
  if (accepted === null || ctx.publishApp === null) return 'other-repository';
  const [place] = placesOfJob(publishPlaces(accepted.snapshot, ctx.publishApp.issuers), job);
  // Whoever installs the app on a repository of their own is nobody here, and costs nothing.
  if (place === undefined) return 'other-repository';
  const key = { repositoryId: job.repositoryId, runId: job.runId, environment: job.environment };
  const now = ctx.now();
  return ctx.db.$transaction(async (transaction) => {
    await transaction.$executeRaw`
      SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:publish-jobs:${place.project}`}, 0))`;
    const known = await transaction.publishJob.findUnique({ where: { repositoryId_runId_environment: key } });
    if (known !== null && deliveryId !== null && known.deliveries.includes(deliveryId)) return 'duplicate';
    const waiting = await transaction.publishJob.count({
      where: { projectSlug: place.project, lookAt: { not: null } },
    });
    if (waiting >= waitingJobsMax && (known?.lookAt ?? null) === null) return 'too-many';
    const asked = {
      projectSlug: place.project,
      installationId: job.installationId,
      state: 'asked',
      reason: 'GitHub says that it waits; the portal looks.',
      askedAt: now,
      lookAt: now,
      failures: 0,
      // Of several jobs that wait in one attempt, each is told, also what an earlier one was.
      ...(known?.lookAt === null ? { told: null } : {}),
      deliveries: [...(known?.deliveries ?? []), ...(deliveryId === null ? [] : [deliveryId])].slice(
        -deliveriesMax,
      ),
    };
    if (known === null) await transaction.publishJob.create({ data: { id: randomUUID(), ...key, ...asked } });
    else await transaction.publishJob.update({ where: { id: known.id }, data: asked });
    return 'fresh';
  });
}
