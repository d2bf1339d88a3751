/** What every archive format shares: issues, name rules, limits, exact reading. */
export {
  ArchiveError,
  archiveFinding,
  archiveRule,
  showName,
  type ArchiveIssue,
  type ArchiveIssueCode,
} from './archive-error.ts';
export { ByteCursor, isZero, streamRange, truncated } from './byte-stream.ts';
export { showCp437 } from './cp437.ts';
export { readEntryName, type EntryName } from './entry-name.ts';
export { NameRegistry, foldName } from './name-registry.ts';
export { UnpackBudget, defaultUnpackLimits, guardRatio, type UnpackLimits } from './unpack-budget.ts';
