/**
 * What people agree to and how their agreement is counted: approvals of a signing request, and acceptance
 * of commits to the policy repository.
 */
export { StatementError } from './error.ts';
export type { StatementErrorCode } from './error.ts';
export {
  approvalCharactersMax,
  approvalNamespace,
  approvalStatement,
  approvalStatementType,
  parseApprovalStatement,
  parsePolicyAcceptance,
  policyAcceptanceStatement,
  policyAcceptanceType,
  policyNamespace,
} from './statement.ts';
export type { ApprovalStatement, ApprovalSubject, Decision } from './statement.ts';
export { approverKeys } from './approver-keys.ts';
export type { Approver, ApproverKeys } from './approver-keys.ts';
export { readDecision } from './decision.ts';
export type { ApprovalSubmission, ReadDecision, SignedDecision } from './decision.ts';
export { countApprovals, submitterProblem } from './count.ts';
export type {
  ApprovalCount,
  ApprovalTally,
  CountApprovalsInput,
  CountedApproval,
  VerifiedApproval,
} from './count.ts';
export { GitCommitError, gitCommitName, parseGitCommit } from './git-commit.ts';
export type { GitCommit, GitCommitErrorCode, GitIdentity } from './git-commit.ts';
export { verifyPolicyCommit } from './policy-commit.ts';
export type { VerifiedPolicyCommit, VerifyPolicyCommitInput } from './policy-commit.ts';
export {
  judgeStop,
  parseStopStatement,
  stopDigest,
  stopNamespace,
  stopReasonCharactersMax,
  stopStatement,
  type JudgedStop,
  type StopAction,
  type StopStatement,
} from './stop.ts';
export {
  judgeTokenCommand,
  parseTokenCommand,
  tokenCommand,
  tokenCommandMilliseconds,
  tokenNamespace,
} from './token-command.ts';
export type { JudgedTokenCommand, TokenCommand } from './token-command.ts';
