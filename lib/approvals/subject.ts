import type { Approver } from '../core/approval/index.ts';
import type { ApprovalSubject } from '../core/approval/index.ts';
import {
  parseCommitSha,
  parsePersonHandle,
  parsePolicySlug,
  parseProjectSlug,
  parseSha256Hex,
} from '../core/ids/index.ts';
import type { RequestId } from '../core/ids/index.ts';
import { acceptedPolicyAt } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { ApprovalsError } from './error.ts';

export interface ApprovalQuestion {
  readonly subject: ApprovalSubject;
  readonly approvers: readonly (Approver & { readonly name: string })[];
  readonly quorum: number;
  readonly submitterMayApprove: boolean;
}

/**
 * What an approver is asked to agree to, in the signer's words: the commits come from its state, the
 * approvers from the policy it checked the request against. Rejects unless the signer waits for approval.
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
  if (state?.status !== 'waiting-for-approval' || state.policyCommit === null) {
    throw new ApprovalsError({
      code: 'NOT_WAITING_FOR_APPROVAL',
      message: `The request is ${state?.status ?? 'received'}; it does not wait for an approval.`,
      fix: 'Approve once the checks before the approval have passed. Ended requests need a new request.',
    });
  }
  const policyCommit = parseCommitSha(state.policyCommit);
  const project = parseProjectSlug(request.projectSlug);
  const policySlug = parsePolicySlug(request.policySlug);
  const accepted = await acceptedPolicyAt(ctx, policyCommit);
  const policy = accepted?.snapshot.projects.get(project)?.policies.get(policySlug)?.value;
  if (accepted === null || policy === undefined) {
    throw new ApprovalsError({
      code: 'NOT_WAITING_FOR_APPROVAL',
      message: `The policy ${policySlug} of ${project} is not in the accepted commit ${policyCommit}.`,
      fix: 'Wait a moment: the signer checks the request again under the policy now in force.',
    });
  }
  return {
    subject: {
      request: id,
      project,
      policy: policySlug,
      artifactSha256: parseSha256Hex(request.artifactSha256),
      policyCommit,
      sourceCommit: state.sourceCommit === null ? null : parseCommitSha(state.sourceCommit),
      submittedBy: request.submittedBy,
    },
    quorum: policy.approval.quorum,
    submitterMayApprove: policy.approval.submitterMayApprove ?? policy.purpose === 'test',
    approvers: policy.approval.approvers.flatMap((text) => {
      const handle = parsePersonHandle(text);
      const person = accepted.snapshot.people.get(handle)?.value;
      if (person === undefined) return [];
      return [{ handle, name: person.name, keys: person.approvalKeys.map((key) => key.publicKey) }];
    }),
  };
}
