import { decisionActionNames } from '#core/audit/index.ts';
import type { JournalKind } from '#core/wire/journal/index.ts';

/** Entries of the signer's journal in which somebody's decision took effect. */
export const journalDecisions: readonly JournalKind[] = [
  'request.denied',
  'request.released',
  'policy.accepted',
  'policy.refused',
  'certificate.revoked',
  'emergency-stop',
  'signing.stopped',
  'signing.resumed',
  'journal.reconciled',
];

/** What an approver signed, as the signer verified it. */
export const approvalKinds = ['approval.approve', 'approval.deny'] as const;

export const decisionKinds: readonly string[] = [
  ...decisionActionNames,
  ...approvalKinds,
  ...journalDecisions,
];
