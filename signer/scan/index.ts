export {
  openScanner,
  type Scanner,
  type ScannerConfig,
  type ScanVerdict,
  type ScannerDatabase,
} from './scanner.ts';
