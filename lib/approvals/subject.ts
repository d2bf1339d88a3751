import type { Approver } from '#core/approval/index.ts';
import type { ApprovalSubject, Decision } from '#core/approval/index.ts';
import {
  parseCommitSha,
  parsePersonHandle,
  parsePolicySlug,
  parseProjectSlug,
  parseSha256Hex,
} from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { acceptedPartAt, acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { isFinal, requestStatusSchema, storedParameters } from '../requests/index.ts';
import { ApprovalsError } from './error.ts';

export interface ApprovalQuestion {
  readonly subject: ApprovalSubject;
  readonly approvers: readonly (Approver & { readonly name: string })[];
  readonly quorum: number;
  readonly submitterMayApprove: boolean;
  /** What can be decided now: a denial counts until the request has ended, an approval only while the signer waits for it. */
  readonly open: readonly Decision[];
}

/**
 * What an approver is asked to agree to, in the signer's words: the commits come from its state, the
 * approvers from the policy it checked the request against. Before and after it waits for approval, the policy in force says
 * who may deny, as it does to the signer. Rejects where the request has ended.
 */
export async function readQuestion(
  ctx: Pick<Context, 'db' | 'policies'>,
  id: RequestId,
): Promise<ApprovalQuestion> {
  const [request, state] = await Promise.all([
    ctx.db.signingRequest.findUnique({ where: { id } }),
    ctx.db.requestState.findUnique({ where: { requestId: id } }),
  ]);
  if (request === null) {
    throw new ApprovalsError({
      code: 'UNKNOWN_REQUEST',
      message: `There is no signing request ${id}.`,
      fix: 'Check the address; /requests lists all of them.',
    });
  }
  const status = requestStatusSchema.parse(state?.status ?? 'received');
  if (isFinal(status)) {
    throw new ApprovalsError({
      code: 'REQUEST_ENDED',
      message: `The request is ${status}: nothing can be decided about it any more.`,
      fix:
        status === 'completed'
          ? `What was released can be revoked: report it at /report.`
          : 'An ended request needs a new request.',
    });
  }
  const seen = state?.policyCommit ?? null;
  const waiting = status === 'waiting-for-approval' && seen !== null;
  const project = parseProjectSlug(request.projectSlug);
  const policySlug = parsePolicySlug(request.policySlug);
  const snapshot = waiting
    ? await acceptedPartAt(ctx, parseCommitSha(seen), { projects: [project] })
    : ((await acceptedPolicy(ctx))?.snapshot ?? null);
  const policy = snapshot?.projects.get(project)?.policies.get(policySlug)?.value;
  if (snapshot === null || policy === undefined) {
    throw new ApprovalsError({
      code: 'NOT_WAITING_FOR_APPROVAL',
      message: `The policy ${policySlug} of ${project} is not in the accepted commit ${snapshot?.commit ?? seen ?? 'of any policy'}.`,
      fix: 'Wait a moment: the signer checks the request again under the policy now in force.',
    });
  }
  const sourceCommit = state?.sourceCommit ?? null;
  return {
    subject: {
      request: id,
      project,
      policy: policySlug,
      artifactSha256: parseSha256Hex(request.artifactSha256),
      policyCommit: snapshot.commit,
      sourceCommit: sourceCommit === null ? null : parseCommitSha(sourceCommit),
      submittedBy: request.submittedBy,
      parameters: storedParameters(request.parameters),
    },
    open: waiting ? ['approve', 'deny'] : ['deny'],
    quorum: policy.approval.quorum,
    submitterMayApprove: policy.approval.submitterMayApprove ?? policy.purpose === 'test',
    approvers: policy.approval.approvers.flatMap((text) => {
      const handle = parsePersonHandle(text);
      const person = snapshot.people.get(handle)?.value;
      if (person === undefined) return [];
      return [{ handle, name: person.name, keys: person.approvalKeys.map((key) => key.publicKey) }];
    }),
  };
}

/** For an attempt to approve a request that isn't waiting for approval. */
export const notWaiting = (id: RequestId): ApprovalsError =>
  new ApprovalsError({
    code: 'NOT_WAITING_FOR_APPROVAL',
    message: `The request ${id} does not wait for an approval; until it has ended it can only be denied.`,
    fix:
      'Approve once the checks before the approval have passed: /requests/' + id + ' says where it stands.',
  });
