import type { Sha256Hex } from '#core/ids/index.ts';

/** A file to be scanned. */
export interface ScanTarget {
  readonly path: readonly string[];
  readonly file: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** All of it was opened, and each file inside is a target of its own: what clamd skips in the whole is still scanned. */
  readonly covered: boolean;
  readonly opaque: boolean;
}
