/** Inspection reports: what was found in each artifact, file by file, written beside the request and signed by the log's key. */
export { keepRemovingEntries } from './keep-removing.ts';
export { removeEntries, searchableDays } from './remove-entries.ts';
export { isReported, writeReport, type WrittenReport } from './write-report.ts';
export { signReports, type ReportSigningPorts, type ReportsSigned } from './sign-reports.ts';
