/**
 * The inspection report: every file of an artifact with what it is, what the configuration says of it, what was scanned, and what nobody
 * looked into. Made from the inspector's answer, by the signer's daemon for requests and by `countersign preflight` on a maintainer's
 * machine. Pure.
 */
export { pairFiles, type ComparedFile, type Pairing } from './compare.ts';
export { documentLines, headText } from './document.ts';
export { eachRow, indexRows, rowsOf, type Below, type ReportRow } from './index-rows.ts';
export {
  makeReport,
  makeReportInSteps,
  type Inspected,
  type ReportInput,
  type ScannedFile,
} from './make-report.ts';
export {
  reportEntriesMax,
  reportKind,
  reportVersion,
  type InspectionReport,
  type NotSeen,
  type ReportCounts,
  type ReportedElement,
  type ReportedScan,
  type ReportEntry,
  type ReportHead,
  type ScanOutcome,
} from './report.ts';
export { belowSchema, reportEntrySchema, reportHeadSchema, reportSchema } from './schema.ts';
export { formatStatement, parseStatement, reportFileName, type ReportStatement } from './statement.ts';
export { layOutTree, layOutTreeInSteps, type TreeNode } from './tree.ts';
