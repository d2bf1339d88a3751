/** What auditors see and export: which part of each record, in which files, under which signed digest. Pure. */
export {
  auditActionNames,
  confidentialActionNames,
  decisionActionNames,
  hiddenActor,
  isAuditAction,
  visiblePart,
  type AuditAction,
} from './actions.ts';
export { isExportedKind } from './journal-kinds.ts';
export { auditFormats, headOf, lineOf, type AuditFormat, type AuditRow } from './rows.ts';
export {
  auditFileNames,
  auditRecords,
  auditRecordsBy,
  digestFileName,
  type AuditRecord,
  type AuditWriter,
} from './files.ts';
export {
  dayAfter,
  lastMonth,
  parseDay,
  periodDaysMax,
  problemOfPeriod,
  settledAfterSeconds,
  type AuditPeriod,
  type PeriodProblem,
} from './period.ts';
export { verifyJournalLines } from './verify-journal-lines.ts';
export { digestSha256, formatDigest, parseDigest, type AuditDigest, type DigestedFile } from './digest.ts';
