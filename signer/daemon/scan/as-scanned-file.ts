import type { ScannedFile } from '#core/inspection-report/index.ts';
import type { ScanVerdict } from './clamd.ts';

/** null: it wasn’t sent to the scanner. */
export function asScannedFile(verdict: ScanVerdict | undefined): ScannedFile | null {
  if (verdict === undefined) return null;
  if (verdict.verdict === 'clean') return { outcome: 'clean' };
  return verdict.verdict === 'infected'
    ? { outcome: 'infected', detail: verdict.viruses.join(', ') }
    : { outcome: 'not-scanned', detail: verdict.detail, coverable: verdict.reason !== 'other' };
}
