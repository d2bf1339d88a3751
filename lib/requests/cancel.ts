/**
 * Asks the signer to end a request that somebody doesn't want any more. It can only be asked: what is released by the time that it
 * looks stays released.
 */
import { parsePolicySlug, parseProjectSlug, parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { formatSubmitter, parseSubmitter } from '#core/wire/submitter/index.ts';
import { recordEvent } from '../audit/index.ts';
import { actorName, isOnTeam, stillGood } from '../platform/auth/index.ts';
import type { SigningRequest, Transaction } from '../platform/db/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { issuerOfBuilds } from './builds.ts';
import { RequestsError } from './error.ts';
import { isFinal, requestStatusSchema } from './status.ts';

export interface Cancellation {
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
  /** The newer request that took its place. */
  readonly supersededBy: RequestId | null;
}

/** → what is on record; of a request that was cancelled before, that. Rejects where it has ended. */
export async function cancelRequest(call: {
  readonly ctx: Context;
  readonly input: { readonly id: RequestId; readonly reason: string };
}): Promise<Cancellation> {
  const { ctx, input } = call;
  const { id, reason } = input;
  const request = await ctx.db.signingRequest.findUnique({ where: { id } });
  if (request === null) {
    throw new RequestsError({
      code: 'UNKNOWN_REQUEST',
      message: `There is no signing request ${id}.`,
      fix: 'Check the id; GET /api/v1/requests lists all requests.',
    });
  }
  await authorise(ctx, request);
  const earlier = await readCancellation(ctx, id);
  if (earlier !== null) return earlier;
  await refuseEnded(ctx, id);
  await ctx.db.$transaction(async (transaction) => {
    await stillGood(transaction, ctx.actor, ctx.now());
    await recordCancellation(transaction, ctx, { id, reason, supersededBy: null });
  });
  return (
    (await readCancellation(ctx, id)) ?? {
      reason,
      by: actorName(ctx.actor),
      at: ctx.now(),
      supersededBy: null,
    }
  );
}

export async function readCancellation(
  { db }: Pick<Context, 'db'>,
  id: string,
): Promise<Cancellation | null> {
  const row = await db.cancellation.findUnique({ where: { requestId: id } });
  if (row === null) return null;
  const { reason, cancelledBy: by, cancelledAt: at, supersededBy } = row;
  return { reason, by, at, supersededBy: supersededBy === null ? null : parseRequestId(supersededBy) };
}

/** What somebody else cancelled at the same time stays as they did. */
export async function recordCancellation(
  transaction: Transaction,
  ctx: Pick<Context, 'actor' | 'now' | 'queue' | 'network'>,
  given: { readonly id: RequestId; readonly reason: string; readonly supersededBy: RequestId | null },
): Promise<void> {
  const { id, reason, supersededBy } = given;
  const { count } = await transaction.cancellation.createMany({
    data: [
      { requestId: id, reason, supersededBy, cancelledBy: actorName(ctx.actor), cancelledAt: ctx.now() },
    ],
    skipDuplicates: true,
  });
  if (count === 0) return;
  await recordEvent(transaction, ctx, {
    action: 'request.cancelled',
    subject: `request:${id}`,
    detail: { reason, ...(supersededBy === null ? {} : { supersededBy }) },
  });
  await ctx.queue.wake(transaction, id);
}

/** Whoever submitted it, the project's team, and its tokens that may submit under the policy; builds of the same run by their tokens alone. */
export function mayCancel(
  { actor }: Pick<Context, 'actor'>,
  {
    project,
    policy,
    submittedBy,
  }: { readonly project: string; readonly policy: string; readonly submittedBy: string },
): boolean {
  return (
    (actor.kind === 'token' &&
      actor.project === project &&
      (actor.policies.length === 0 || actor.policies.some((slug) => slug === policy))) ||
    isOnTeam(actor, parseProjectSlug(project)) ||
    (actor.kind === 'person' && formatSubmitter(actor) === submittedBy)
  );
}

/** Repository and run have numbers of their server: those of another one that the policy knows, too, are somebody else's. */
async function isOfItsRun(
  ctx: Context,
  { projectSlug, policySlug, submittedBy }: SigningRequest,
): Promise<boolean> {
  const { actor } = ctx;
  const submitter = parseSubmitter(submittedBy);
  if (
    actor.kind !== 'build' ||
    submitter?.kind !== 'build' ||
    submitter.provider !== actor.provider ||
    submitter.repositoryId !== actor.repositoryId ||
    submitter.run !== actor.run
  )
    return false;
  const snapshot = (await acceptedPolicy(ctx))?.snapshot;
  if (snapshot === undefined) return false;
  const place = { project: parseProjectSlug(projectSlug), policy: parsePolicySlug(policySlug) };
  return issuerOfBuilds(snapshot, place) === actor.verified.issuer;
}

async function authorise(ctx: Context, request: SigningRequest): Promise<void> {
  const { projectSlug, policySlug, submittedBy } = request;
  if (mayCancel(ctx, { project: projectSlug, policy: policySlug, submittedBy })) return;
  if (await isOfItsRun(ctx, request)) return;
  throw new RequestsError({
    code: 'NOT_ALLOWED',
    message: `Only who submitted the request, and the project ${projectSlug}, may cancel it.`,
    fix: `Send an API token of ${projectSlug} that may submit under ${policySlug}, or an identity token of the run that submitted it: Authorization: Bearer …`,
  });
}

async function refuseEnded({ db }: Context, id: RequestId): Promise<void> {
  const state = await db.requestState.findUnique({ where: { requestId: id } });
  if (state === null) return;
  const status = requestStatusSchema.parse(state.status);
  if (!isFinal(status)) return;
  throw new RequestsError({
    code: 'REQUEST_ENDED',
    message: `It is too late: the request is ${status} since ${state.updatedAt.toISOString()}. ${state.summary}`,
    fix:
      status === 'completed'
        ? 'What is signed stays signed. Where it must not be used, ask the foundation to revoke it.'
        : 'There is nothing left to cancel.',
  });
}
