/**
 * Closed segments of a keyholder's journal (decision 0131): what the holder writes when its journal has grown long, and what it and other
 * readers look into. None of it accesses a token.
 */
export {
  ClosedSegments,
  digestOfBinding,
  openRecords,
  openSegments,
  type Binding,
} from './closed-segments.ts';
export { footerFile, indexFile, putInPlace, recordsFile, segmentsFolder, writeWhole } from './files.ts';
export {
  listNumberOf,
  parseFooter,
  segmentFix,
  writeFooter,
  zeros,
  type KnownSegment,
  type SegmentFooter,
} from './footer.ts';
export { readRecords, type JournalHead, type ReadRecord } from './read-records.ts';
export { buildIndex, SegmentIndex, type IndexEntry } from './segment-index.ts';
