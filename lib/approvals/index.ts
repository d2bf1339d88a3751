export { ApprovalsError } from './error.ts';
export { listPendingApprovals } from './pending.ts';
export type { PendingApproval } from './pending.ts';
export { readStatement, readStatements } from './statement.ts';
export { submitApproval } from './submit.ts';
