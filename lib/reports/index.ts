/** Reports from the public: received, with a deadline that both sides see, investigated, and answered. */
export { ReportsError, type ReportsErrorCode } from './error.ts';
export { acknowledgeReport, answerCharactersMax, closeReport } from './handle.ts';
export { outcomesOf, reportKinds, reportOutcomes, type ReportKind, type ReportOutcome } from './kinds.ts';
export { listReports, mayHandleReports, readReceipt, readReport, type Receipt, type Report } from './read.ts';
export { remindOfReports } from './remind.ts';
export { notifyOfReports } from './notify.ts';
export { reportLimits, type ReportInput } from './check-input.ts';
export { sendReport } from './send.ts';
