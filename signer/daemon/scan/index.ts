/** Virus scanning: clamd, and the proof that it scans what it is given. */
export type { ScanVerdict, ScannerDatabase } from './clamd.ts';
export {
  openScanner,
  type ProvenDatabase,
  type Scanner,
  type ScannerConfig,
  type ScannerState,
} from './proven-scanner.ts';
