export { ApprovalsError } from './error.ts';
export { mayApprove, outstandingApprovers } from './outstanding.ts';
export type { Outstanding } from './outstanding.ts';
export { countPendingApprovals, listPendingApprovals, pendingShownMax } from './pending.ts';
export type { PendingApprovals } from './pending.ts';
export { readStatement, readStatements } from './statement.ts';
export { submitApproval } from './submit.ts';
