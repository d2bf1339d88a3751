/** Exports of audit records for auditors: the portal writes its files, the signer adds its own and signs the digests of all. */
export { archiveOf, archiveSizeBytes } from './archive.ts';
export { askForExport, askForLastMonth } from './ask.ts';
export { AuditExportsError } from './error.ts';
export { makeExports } from './make.ts';
export { listExports, openExport, readExport } from './read.ts';
export type { AuditExportView, OpenedFile } from './read.ts';
