import { z } from 'zod';
import { parseCommitSha, parseRequestId, parseSha256Hex } from '#core/ids/index.ts';
import type { PersonHandle, RequestId } from '#core/ids/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import type { EffectivePolicy, PolicySnapshot } from '#core/policy/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { listRequestsById, storedParameters } from '../requests/index.ts';
import type { RequestListItem } from '../requests/index.ts';
import { countOutstanding, decisionsMax } from './outstanding.ts';
import type { AskedRequest } from './outstanding.ts';
import type { ApprovalSubmission } from '#core/approval/index.ts';

export interface PendingApprovals {
  /** Those that the person who asks can approve and hasn't, longest wait first. */
  readonly mine: readonly RequestListItem[];
  /** All others that wait for people. */
  readonly others: readonly RequestListItem[];
  /** Whether there are more than are listed. */
  readonly more: { readonly mine: boolean; readonly others: boolean };
}

/** Of each kind; people with more to do begin with these. */
export const pendingShownMax = 100;

/** Requests that wait for people, oldest first. */
export async function listPendingApprovals(call: { readonly ctx: Context }): Promise<PendingApprovals> {
  const { ctx } = call;
  const asked = await findAsked(ctx);
  const others = await waitingExcept(ctx, asked.ids);
  const shown = [...asked.ids.slice(0, pendingShownMax), ...others.slice(0, pendingShownMax)];
  const items = new Map((await listRequestsById(ctx, shown)).map((item) => [item.id, item]));
  const listed = (ids: readonly RequestId[]) =>
    ids.slice(0, pendingShownMax).flatMap((id) => items.get(id) ?? []);
  return {
    mine: listed(asked.ids),
    others: listed(others),
    more: { mine: asked.more || asked.ids.length > pendingShownMax, others: others.length > pendingShownMax },
  };
}

/** How many requests wait for the person who asks; `more`: at least so many. 0 for everybody whom the policy names no approver. */
export async function countPendingApprovals(call: {
  readonly ctx: Context;
}): Promise<{ readonly count: number; readonly more: boolean }> {
  const { ids, more } = await findAsked(call.ctx);
  return { count: Math.min(ids.length, pendingShownMax), more: more || ids.length > pendingShownMax };
}

const rowSchema = z.object({
  id: z.string(),
  project: z.string(),
  policy: z.string(),
  sha256: z.string(),
  submitted_by: z.string(),
  parameters: z.unknown(),
  source_commit: z.string().nullable(),
});

/** `more`: not all waiting requests were checked. */
async function findAsked(
  ctx: Context,
): Promise<{ readonly ids: readonly RequestId[]; readonly more: boolean }> {
  const none = { ids: [], more: false };
  if (ctx.actor.kind !== 'person') return none;
  const { handle } = ctx.actor;
  const accepted = await acceptedPolicy(ctx);
  if (accepted === null) return none;
  const places = approverPlaces(accepted.snapshot, handle);
  if (places.length === 0) return none;
  const lookedAtMax = 2 * pendingShownMax;
  const rows = await ctx.db.$queryRaw<unknown[]>`
    SELECT request.id::text, request.project_slug AS project, request.policy_slug AS policy, request.artifact_sha256 AS sha256,
           request.submitted_by, request.parameters, state.source_commit
      FROM signer.request_state AS state
      JOIN portal.signing_request AS request ON request.id = state.request_id
      JOIN unnest(${places.map((place) => place.projectSlug)}::text[], ${places.map((place) => place.policySlug)}::text[])
           AS place(project, policy) ON place.project = request.project_slug AND place.policy = request.policy_slug
     WHERE state.status = 'waiting-for-approval'
     ORDER BY request.submitted_at, request.id LIMIT ${lookedAtMax + 1}`;
  const looked = rows.slice(0, lookedAtMax).map((row) => rowSchema.parse(row));
  const decisions = await decisionsOf(
    ctx,
    looked.map((request) => request.id),
  );
  const ids: RequestId[] = [];
  for (const row of looked) {
    const effective = places.find(
      (place) => place.projectSlug === row.project && place.policySlug === row.policy,
    );
    if (effective === undefined) continue;
    const { handles } = await countOutstanding(ctx, askedOf(row), effective, decisions.get(row.id) ?? []);
    if (handles.includes(handle)) ids.push(parseRequestId(row.id));
  }
  return { ids, more: rows.length > lookedAtMax };
}

const askedOf = (row: z.output<typeof rowSchema>): AskedRequest => ({
  id: parseRequestId(row.id),
  artifactSha256: parseSha256Hex(row.sha256),
  submittedBy: row.submitted_by,
  parameters: storedParameters(row.parameters),
  sourceCommit: row.source_commit === null ? null : parseCommitSha(row.source_commit),
});

async function decisionsOf(
  { db }: Context,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ApprovalSubmission[]>> {
  const rows = await db.approvalDecision.findMany({
    where: { requestId: { in: [...ids] } },
    orderBy: { seenAt: 'asc' },
    take: 10 * decisionsMax,
    select: { requestId: true, statement: true, signature: true },
  });
  const byRequest = new Map<string, ApprovalSubmission[]>();
  for (const { requestId, ...one } of rows)
    byRequest.set(requestId, [...(byRequest.get(requestId) ?? []), one]);
  return byRequest;
}

/** Per snapshot, by handle: needed for every page of a signed-in person. */
const known = new WeakMap<PolicySnapshot, Map<PersonHandle, readonly EffectivePolicy[]>>();

/** Policies of active projects that list somebody as an approver. */
function approverPlaces(snapshot: PolicySnapshot, handle: PersonHandle): readonly EffectivePolicy[] {
  const places = known.get(snapshot) ?? new Map<PersonHandle, readonly EffectivePolicy[]>();
  known.set(snapshot, places);
  const found = places.get(handle) ?? findPlaces(snapshot, handle);
  places.set(handle, found);
  return found;
}

function findPlaces(snapshot: PolicySnapshot, handle: PersonHandle): readonly EffectivePolicy[] {
  return [...snapshot.projects].flatMap(([project, { policies }]) =>
    [...policies].flatMap(([policy, { value }]) => {
      if (!(value.approval.approvers as readonly string[]).includes(handle)) return [];
      const found = effectivePolicy(snapshot, project, policy);
      return found.ok ? [found.value] : [];
    }),
  );
}

async function waitingExcept(ctx: Context, ids: readonly RequestId[]): Promise<readonly RequestId[]> {
  const rows = await ctx.db.$queryRaw<unknown[]>`
    SELECT request.id::text
      FROM signer.request_state AS state
      JOIN portal.signing_request AS request ON request.id = state.request_id
     WHERE state.status = 'waiting-for-approval' AND request.id <> ALL(${[...ids]}::uuid[])
     ORDER BY request.submitted_at, request.id LIMIT ${pendingShownMax + 1}`;
  return rows.map((row) => parseRequestId(z.object({ id: z.string() }).parse(row).id));
}
