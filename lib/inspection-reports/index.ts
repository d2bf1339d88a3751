/** Inspection reports as the signer wrote them: opened level by level, searched, compared. All of it is public, as requests are. */
export {
  comparedLists,
  compareReports,
  type ComparedItem,
  type ComparedList,
  type Comparison,
} from './compare.ts';
export { changesSinceLastRelease, type ChangesSince } from './changes-since.ts';
export { listComparable, type ComparableRequest } from './comparable.ts';
export { openReportDocument } from './open-document.ts';
export { readReport, type ReportSummary } from './read.ts';
export { readLevel, readLevelOf, type ReportLevel } from './read-level.ts';
export { reportFilters, searchReport, type ReportFilter, type SearchPage } from './search.ts';
export { scanWords } from './words.ts';
export type { ReportNode } from './rows.ts';
