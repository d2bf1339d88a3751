import type { FormatType } from '#core/formats/format.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { PolicyLocation } from '#core/wire/finding/index.ts';
import type { InsideFile, InsidePlace, InspectedContainer } from '../../inspector/index.ts';

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

/** As the configuration has it. */
export interface InspectedFiles {
  readonly leaves: readonly InspectedLeaf[];
  readonly containers: readonly (InspectedContainer & { readonly type: FormatType })[];
  readonly inside: readonly InsideFile[];
  /** Further places of those inside. */
  readonly copies: readonly InsidePlace[];
}

export interface InspectedLeaf extends InspectedContainer {
  /** The configuration's reason why the file may contain what can't be opened; null: it may not. */
  readonly opaque: string | null;
  /** The policy line that expects the file. */
  readonly policy: PolicyLocation | null;
}
