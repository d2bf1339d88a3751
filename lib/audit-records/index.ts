/** What auditors read: the audit trail, decisions, the signer's journal and the policy's history, without private texts. */
export { mayAudit, requireAuditor } from './authorise.ts';
export { AuditRecordsError } from './error.ts';
export { listRecords } from './list.ts';
export { actorCharactersMax, kindsOf, recordLists, type RecordList, type RecordQuery } from './query.ts';
export { readEvent, readJournalEntry, readReviewDecision } from './read.ts';
export type { JournalEntryView, ReviewDecisionView } from './read.ts';
export type { AuditRecordLine, RecordPage } from './record.ts';
