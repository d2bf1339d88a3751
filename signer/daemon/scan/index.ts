/** Virus scanning: clamd, and the proof that it scans what it is given. */
export type { ScanVerdict, ScannerDatabase } from './clamd.ts';
export {
  openScanner,
  type ProvenDatabase,
  type Scanner,
  type ScannerConfig,
  type ScannerState,
} from './proven-scanner.ts';
export { scanAhead, type ScanAhead } from './scan-ahead.ts';
export { isLikelyScannedAsWhole, scanInspected, type Scan, type ScannedFiles } from './scan-inspected.ts';
export type { InspectedLeaf } from './scan-target.ts';
export type { DatabaseLimits } from './scan-database.ts';
export { asScannedFile } from './as-scanned-file.ts';
