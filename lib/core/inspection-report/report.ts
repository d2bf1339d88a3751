/** What an inspection report says: one record for the artifact, and one for each file of it. Plain JSON. */
import type { DetectedType } from '../formats/detected-type/index.ts';
import type { ExistingSignature } from '../formats/existing-signature.ts';
import type { FileFacts, FormatType } from '../formats/format.ts';
import type { Sha256Hex } from '../ids/index.ts';
import type { PolicyLocation } from '../wire/finding/index.ts';

export const reportKind = 'countersign-inspection-report';
export const reportVersion = 1;

/** More entries aren't listed; the report says how many there are. As many as the inspector unpacks. */
export const reportEntriesMax = 100_000;

/**
 * `clean`: scanned by itself. `covered`: opened to its end, so that what is in it was scanned, file by file. `empty`: nothing to scan.
 * `not-scanned`: not, or not to its end. `pending`: the scan wasn’t reached.
 */
export type ScanOutcome = 'clean' | 'covered' | 'empty' | 'not-scanned' | 'infected' | 'pending';

export interface ReportedScan {
  readonly outcome: ScanOutcome;
  /** Names of malware, or why it wasn’t scanned. */
  readonly detail: string | null;
}

/** The element of the artifact configuration that matched. */
export interface ReportedElement {
  /** JSON pointer in the configuration. */
  readonly pointer: string;
  readonly type: FormatType;
  /** Its pattern from the container’s top. Left out: it is that of the artifact, or the report is older than this. */
  readonly path?: string;
  /** Its line; null: the configuration comes from no file. */
  readonly line: PolicyLocation | null;
}

/** Something in a file that nobody looked into. */
export interface NotSeen {
  /** `outer.zip!/inner.7z`, or empty for the file itself. */
  readonly place: string;
  readonly format: string;
  readonly message: string;
}

export interface ReportEntry {
  /** Outermost container first; each step is a path inside its container. Empty: the artifact itself. */
  readonly path: readonly string[];
  readonly type: 'file' | 'directory';
  /**
   * `expected`: an element of the configuration matched. `unexpected`: none did. `inside`: it lies in a file that the
   * configuration doesn’t open: scanned alone. Directories are `expected`.
   */
  readonly role: 'expected' | 'unexpected' | 'inside';
  readonly sizeBytes: number;
  /** null: of a directory. */
  readonly sha256: Sha256Hex | null;
  /** What it is by its first bytes; null: of a directory, or nobody looked. */
  readonly detected: DetectedType | null;
  /** Archives, streams and encrypted data that were recognised in it, by name. */
  readonly formats: readonly string[];
  readonly element: ReportedElement | null;
  /** What it says of itself; null: nothing was read. */
  readonly facts: Pick<FileFacts, 'kind' | 'texts' | 'signed'> | null;
  /** null: they were not read; `facts.signed` may tell that there are some. */
  readonly signatures: readonly ExistingSignature[] | null;
  readonly scan: ReportedScan;
  /** The first few things that could not be opened. */
  readonly notSeen: readonly NotSeen[];
  readonly notSeenCount: number;
  /** The configuration’s reason why that is accepted; null: it gives none. */
  readonly opaque: string | null;
  /** How it gets signed, `Authenticode`; null: not. */
  readonly sign: string | null;
  /** Rules that refuse it. */
  readonly refusedBy: readonly string[];
  /** Rules that warn of it, and refuse nothing. Left out: none, or the report was made before there were any. */
  readonly warnedBy?: readonly string[];
  /** A list whose values are written anew after signing. Left out: it isn’t one. */
  readonly rewritten?: { readonly fields: number; readonly of: readonly string[]; readonly ofCount: number };
}

export interface ReportCounts {
  readonly files: number;
  readonly directories: number;
  readonly unexpected: number;
  readonly toBeSigned: number;
  /** Files with something in them that nobody looked into. */
  readonly notSeenInside: number;
  readonly notScanned: number;
  readonly infected: number;
}

export interface ReportHead {
  readonly kind: typeof reportKind;
  readonly version: typeof reportVersion;
  /** UUID of the signing request; null: of a file on somebody’s own machine. */
  readonly request: string | null;
  readonly artifact: { readonly name: string; readonly sha256: Sha256Hex; readonly sizeBytes: number };
  /** Canonical JSON of the artifact configuration that it was held against. */
  readonly configurationSha256: Sha256Hex;
  /** How far inspection came. */
  readonly reached: 'inspection' | 'scan';
  /** Whether everything that was reached passed. */
  readonly passed: boolean;
  /** Every file is listed. false: something couldn’t be read to its end, or there were too many. */
  readonly whole: boolean;
  readonly counts: ReportCounts;
}

export interface InspectionReport {
  readonly head: ReportHead;
  /** In the order of the tree: directories first, then by name; what is in a file right behind it. */
  readonly entries: readonly ReportEntry[];
}
