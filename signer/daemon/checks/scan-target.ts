import type { Sha256Hex } from '#core/ids/index.ts';

/** What is handed to the scanner. */
export interface ScanTarget {
  readonly path: readonly string[];
  readonly file: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** All of it was opened, and each file inside is a target of its own: what clamd leaves out of the whole is no loss. */
  readonly covered: boolean;
  readonly opaque: boolean;
}
