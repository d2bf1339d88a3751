/** Who can still approve a request, counted from the decisions that the signer has recorded. Decides nothing: the signer counts itself. */
import { countApprovals, parseApprovalStatement, StatementError } from '#core/approval/index.ts';
import type { ApprovalSubmission } from '#core/approval/index.ts';
import { isError } from '#core/error/index.ts';
import type { CommitSha, PersonHandle, RequestId, Sha256Hex } from '#core/ids/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { parseSubmitter, submittingPerson } from '#core/wire/submitter/index.ts';
import { acceptedPartAt } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';

export interface AskedRequest {
  readonly id: RequestId;
  readonly artifactSha256: Sha256Hex;
  readonly submittedBy: string;
  readonly parameters: ParameterValues;
  /** As the signer verified it; null: not yet. */
  readonly sourceCommit: CommitSha | null;
}

export interface Outstanding {
  /** Approvers with a key whose approval would count and isn't there, in the order of the policy. */
  readonly handles: readonly PersonHandle[];
  readonly approvals: number;
}

/** A bound against floods: fifty approvers with ten keys each. */
export const decisionsMax = 500;
/** Policies of the past that are read for one request. */
const commitsMax = 16;

export async function outstandingApprovers(
  ctx: Pick<Portal, 'db' | 'policies' | 'now'>,
  request: AskedRequest,
  effective: EffectivePolicy,
): Promise<Outstanding> {
  const decisions = await ctx.db.approvalDecision.findMany({
    where: { requestId: request.id },
    orderBy: { seenAt: 'asc' },
    take: decisionsMax,
    select: { statement: true, signature: true },
  });
  return countOutstanding(ctx, request, effective, decisions);
}

/** The same with the decisions that are on record, in the order in which they were seen. */
export async function countOutstanding(
  ctx: Pick<Portal, 'db' | 'policies' | 'now'>,
  request: AskedRequest,
  effective: EffectivePolicy,
  submissions: readonly ApprovalSubmission[],
): Promise<Outstanding> {
  const counted = countApprovals({
    subject: {
      request: request.id,
      project: effective.projectSlug,
      policy: effective.policySlug,
      artifactSha256: request.artifactSha256,
      policyCommit: effective.commit,
      sourceCommit: request.sourceCommit,
      submittedBy: request.submittedBy,
      parameters: request.parameters,
    },
    submissions,
    approvers: effective.approvers,
    quorum: effective.quorum,
    submitterMayApprove: effective.submitterMayApprove,
    equivalentPolicyCommits: await equivalentCommits(ctx, submissions, effective),
    now: ctx.now(),
  });
  const { approvals, deniedBy } = counted.ok ? counted.value : counted.tally;
  if (counted.state !== 'pending' || deniedBy !== null) return { handles: [], approvals: approvals.length };
  const there = new Set(approvals.map((approval) => approval.handle));
  const handles = effective.approvers
    .filter(
      ({ handle, keys }) => keys.length > 0 && !there.has(handle) && mayApprove(effective, request, handle),
    )
    .map((approver) => approver.handle);
  return { handles, approvals: approvals.length };
}

/** Whether their approval counts for a request of a given submitter. */
export function mayApprove(
  effective: Pick<EffectivePolicy, 'submitterMayApprove'>,
  { submittedBy }: Pick<AskedRequest, 'submittedBy'>,
  handle: PersonHandle,
): boolean {
  if (effective.submitterMayApprove) return true;
  const submitter = parseSubmitter(submittedBy);
  return submitter !== null && submittingPerson(submitter) !== handle;
}

/** Of the commits that the decisions name, those under which everything that decides is the same. */
async function equivalentCommits(
  ctx: Pick<Portal, 'db' | 'policies'>,
  submissions: readonly ApprovalSubmission[],
  effective: EffectivePolicy,
): Promise<ReadonlySet<CommitSha>> {
  const named = new Set(submissions.flatMap(({ statement }) => commitOf(statement) ?? []));
  named.delete(effective.commit);
  const equivalent = new Set<CommitSha>();
  for (const commit of [...named].slice(-commitsMax)) {
    const part = await acceptedPartAt(ctx, commit, { projects: [effective.projectSlug] });
    if (part === null) continue;
    const then = effectivePolicy(part, effective.projectSlug, effective.policySlug);
    if (then.ok && then.value.digest === effective.digest) equivalent.add(commit);
  }
  return equivalent;
}

function commitOf(statement: string): CommitSha | null {
  try {
    return parseApprovalStatement(statement).policyCommit;
  } catch (error) {
    if (!isError(error, StatementError)) throw error;
    return null;
  }
}
