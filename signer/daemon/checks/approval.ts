/** Step "approval": did enough of the listed people sign for exactly this? */
import {
  approvalNamespace,
  countApprovals,
  parseApprovalStatement,
  StatementError,
  type ApprovalSubject,
  type ApprovalSubmission,
  type VerifiedApproval,
} from '#core/approval/index.ts';
import { type Checked, type Finding, info } from '#core/wire/finding/index.ts';
import type { CommitSha, Sha256Hex } from '#core/ids/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import type { Reading } from '../approvals/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';

declare class Approved {
  readonly #proof: true;
}
/** Proof that the quorum signed for this request, this file, this source commit and this policy. */
export interface ApprovedRequest extends Approved {
  readonly subject: ApprovalSubject;
  readonly approval: VerifiedApproval;
}

interface ApprovalInput {
  readonly request: ClaimedRequest;
  readonly effective: EffectivePolicy;
  readonly sourceCommit: CommitSha | null;
  /** Decisions that were verified when read; they are verified again here. */
  readonly submissions: readonly ApprovalSubmission[];
  readonly reading: Reading;
  /** Digest of the policy for this request at an earlier accepted commit; null where the commit was never accepted. */
  policyDigestAt(commit: CommitSha): Promise<Sha256Hex | null>;
  readonly now: Date;
}

export type ApprovalResult =
  | Checked<ApprovedRequest>
  | { readonly ok: 'waiting'; readonly findings: readonly Finding[]; readonly summary: string };

export async function checkApproval(input: ApprovalInput): Promise<ApprovalResult> {
  const { request, effective } = input;
  const policy = effective.locate(['approval']);
  const subject: ApprovalSubject = {
    request: request.id,
    project: request.project,
    policy: request.policy,
    artifactSha256: request.artifactSha256,
    policyCommit: effective.commit,
    sourceCommit: input.sourceCommit,
    submittedBy: request.submittedBy,
    parameters: request.parameters,
  };
  const counted = countApprovals({
    subject,
    submissions: input.submissions,
    approvers: effective.approvers,
    quorum: effective.quorum,
    submitterMayApprove: effective.submitterMayApprove,
    now: input.now,
    policy,
    equivalentPolicyCommits: await equivalentCommits(input),
  });
  const findings = [...uncountedSubmissions(input), ...counted.findings];
  if (counted.state === 'denied') return { ok: false, findings };
  // A denial can hide among what is unread, so no approvals are enough before it is read.
  if (input.reading.unread > 0) {
    const left = `${input.reading.unread} of ${input.reading.total} submissions`;
    return { ok: 'waiting', findings, summary: `Reading what was submitted: ${left} are still to be read.` };
  }
  if (counted.ok) {
    return { ok: true, value: { subject, approval: counted.value } as unknown as ApprovedRequest, findings };
  }
  const count = counted.tally.approvals.length;
  const names = effective.approvers.map((approver) => approver.name).join(', ');
  const who = effective.approvers.length === 1 ? 'The approver is' : 'Approvers are';
  const summary = `Waiting for approval: ${count} of ${effective.quorum}. ${who} ${names}.`;
  const hint = info({
    rule: 'approval.how',
    message: `An approver signs the approval statement with an SSH key listed in the policy repository (namespace ${approvalNamespace}) and submits it on the request’s page or with the command line.`,
    policy,
  });
  return { ok: 'waiting', findings: [...findings, hint], summary };
}

/** Submissions that are nobody's decision, as a number only, since anybody can submit any amount. */
function uncountedSubmissions({ reading, submissions, effective }: ApprovalInput): readonly Finding[] {
  const others = reading.total - submissions.length;
  if (others <= 0) return [];
  const message = `${reading.total} submissions were received. The signer found ${submissions.length} decisions about this request, signed by its approvers; the others don’t count.`;
  return [info({ rule: 'approval.submissions', message, policy: effective.locate(['approval']) })];
}

/**
 * The denial of a request among what is on record, as the findings of its refusal; null: nobody denied it. Neither
 * the file nor its origin matters: a denial rejects the request as it is.
 */
export function findDenial(
  input: Pick<ApprovalInput, 'request' | 'effective' | 'submissions' | 'now'>,
): readonly Finding[] | null {
  const { request, effective } = input;
  const counted = countApprovals({
    subject: {
      request: request.id,
      project: request.project,
      policy: request.policy,
      artifactSha256: request.artifactSha256,
      policyCommit: effective.commit,
      sourceCommit: null,
      submittedBy: request.submittedBy,
      parameters: request.parameters,
    },
    submissions: input.submissions,
    approvers: effective.approvers,
    quorum: effective.quorum,
    submitterMayApprove: effective.submitterMayApprove,
    now: input.now,
    policy: effective.locate(['approval']),
  });
  if (counted.ok || counted.tally.deniedBy === null) return null;
  return counted.findings.filter((finding) => finding.rule === 'approval.denied');
}

const snapshotsReadMax = 16;

/**
 * An approval names the policy commit that its signer saw. Commits about other projects come in between; an approval
 * stays valid as long as everything that decides about this request is unchanged.
 */
async function equivalentCommits(input: ApprovalInput): Promise<ReadonlySet<CommitSha>> {
  const named = new Set<CommitSha>();
  for (const { statement } of input.submissions) {
    try {
      named.add(parseApprovalStatement(statement).policyCommit);
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
    }
  }
  named.delete(input.effective.commit);
  const equivalent = new Set<CommitSha>();
  // Each commit that was once accepted costs reading a snapshot, any other a look-up: submissions that name nonsense
  // must neither cause much work nor use up the limit for others. Newest first.
  let read = 0;
  for (const commit of [...named].toReversed()) {
    const digest = await input.policyDigestAt(commit);
    if (digest === null) continue;
    if (digest === input.effective.digest) equivalent.add(commit);
    read += 1;
    if (read === snapshotsReadMax) break;
  }
  return equivalent;
}
