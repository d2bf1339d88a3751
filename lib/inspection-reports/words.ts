import type { ScanOutcome } from '#core/inspection-report/index.ts';

/** How pages put a verdict of the scan. */
export const scanWords: Readonly<Record<ScanOutcome, string>> = {
  clean: 'scanned, nothing found',
  covered: 'scanned file by file',
  empty: 'empty: nothing to scan',
  'not-scanned': 'not scanned to its end',
  infected: 'malware found',
  pending: 'scan not reached',
};
