import { randomUUID } from 'node:crypto';
import { countApprovals } from '#core/approval/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { recordEvent } from '../audit/index.ts';
import { actorName, isOnTeam } from '../platform/auth/index.ts';
import { atField } from '../platform/http/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { ApprovalsError } from './error.ts';
import { notWaiting, readQuestion } from './subject.ts';
import type { ApprovalQuestion } from './subject.ts';

export interface ApprovalInput {
  readonly id: RequestId;
  /** Canonical JSON, exactly as it was signed. */
  readonly statement: string;
  /** Armored SSH signature, as `ssh-keygen -Y sign` writes it. */
  readonly signature: string;
}

/**
 * Submits a signed decision and notifies the signer. Decisions that are clearly invalid are refused with the reason while their
 * author is still there to correct them; which ones count, the signer decides itself.
 */
export async function submitApproval(call: {
  readonly ctx: Context;
  readonly input: ApprovalInput;
}): Promise<{ readonly approvalId: string }> {
  const { ctx, input } = call;
  const question = await readQuestion(ctx, input.id);
  authorise(ctx, question);
  checkPlausible(ctx, question, input);
  const approvalId = randomUUID();
  await ctx.db.$transaction(async (transaction) => {
    await transaction.approvalSubmission.create({
      data: {
        id: approvalId,
        requestId: input.id,
        statement: input.statement,
        signature: input.signature,
        submittedBy: actorName(ctx.actor),
        submittedAt: ctx.now(),
      },
    });
    await recordEvent(transaction, ctx, {
      action: 'approval.submitted',
      subject: `request:${input.id}`,
      detail: { approvalId },
    });
    await ctx.queue.wake(transaction, input.id);
  });
  return { approvalId };
}

/** Any member of the project may submit it; agreement is expressed by the signature, and no session can replace it. */
function authorise(ctx: Context, question: ApprovalQuestion): void {
  const { actor } = ctx;
  const { project } = question.subject;
  if (actor.kind === 'token' && actor.project === project) return;
  if (isOnTeam(actor, project)) return;
  throw new ApprovalsError({
    code: 'NOT_ALLOWED',
    message: `Only the team of ${project} may submit decisions about its requests.`,
    fix: `Sign in as a member of the team, or send an API token of ${project}.`,
  });
}

function checkPlausible(ctx: Context, question: ApprovalQuestion, input: ApprovalInput): void {
  const counted = countApprovals({
    subject: question.subject,
    submissions: [{ statement: input.statement, signature: input.signature }],
    approvers: question.approvers,
    quorum: 1,
    submitterMayApprove: question.submitterMayApprove,
    now: ctx.now(),
  });
  if (!counted.ok && counted.tally.deniedBy !== null) return;
  if (counted.ok && !question.open.includes('approve')) throw notWaiting(input.id);
  if (counted.ok) return;
  const reason =
    counted.findings[0]?.message.replace(/^Submission 1 doesn't count: /, '') ?? 'it does not count';
  throw new ApprovalsError(
    atField('signature', {
      code: 'APPROVAL_NOT_VALID',
      message: `This signature does not count: ${reason}`,
      fix: 'Sign exactly the statement shown for the decision that you chose, with namespace countersign-approval and a key listed for an approver.',
    }),
  );
}
