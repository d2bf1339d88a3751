import { listRequests } from '../requests/index.ts';
import type { RequestListItem } from '../requests/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { parsePolicySlug, parseProjectSlug } from '../core/ids/index.ts';

export interface PendingApproval {
  readonly request: RequestListItem;
  /** Whether the policy lists the person who asks as an approver of this request. */
  readonly mine: boolean;
}

const shownMax = 100;

/** Requests that wait for people, oldest first: who has waited longest is served first. */
export async function listPendingApprovals(call: {
  readonly ctx: Context;
}): Promise<readonly PendingApproval[]> {
  const { ctx } = call;
  const [{ items }, accepted] = await Promise.all([
    listRequests({ ctx, input: { status: 'waiting-for-approval', limit: shownMax } }),
    acceptedPolicy(ctx),
  ]);
  const handle = ctx.actor.kind === 'person' ? ctx.actor.handle : null;
  return [...items].reverse().map((request) => {
    const policy = accepted?.snapshot.projects
      .get(parseProjectSlug(request.project))
      ?.policies.get(parsePolicySlug(request.policy))?.value;
    return { request, mine: handle !== null && policy?.approval.approvers.includes(handle) === true };
  });
}
