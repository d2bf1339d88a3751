/**
 * Step "scan": a file is clean only if all of it was scanned. What the inspector could not open, or clamd did not
 * read to its end, counts as not scanned and is not signed.
 */
import type { Checked } from '#core/wire/finding/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import {
  scanInspected,
  type DatabaseLimits,
  type Scan,
  type ScanAhead,
  type Scanner,
  type ScannerDatabase,
} from '../scan/index.ts';
import type { InspectedArtifact } from './inspection.ts';

declare class Scanned {
  readonly #proof: true;
}
/** Proof that all files of the artifact with this digest were scanned and found clean. */
export interface ScannedArtifact extends Scanned {
  readonly artifactSha256: Sha256Hex;
  readonly files: number;
  readonly database: ScannerDatabase;
}

interface ScanCheckInput extends DatabaseLimits {
  readonly scanner: Scanner;
  readonly inspected: InspectedArtifact;
  readonly ahead: ScanAhead | null;
  readonly effective: EffectivePolicy;
}

type ScanCheck = Checked<ScannedArtifact> & Pick<Scan, 'verdicts'>;

export async function checkScan({ effective, ...input }: ScanCheckInput): Promise<ScanCheck> {
  const scan = await scanInspected({ ...input, policy: effective.locate(['scan']) });
  if (!scan.ok) return scan;
  const proof = { artifactSha256: input.inspected.artifactSha256, ...scan.value };
  return { ...scan, value: proof as unknown as ScannedArtifact };
}
