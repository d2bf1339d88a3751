/** A file that somebody tries out, as the inspector found it: what a suggestion is made of. */
import type { FileFacts, FormatType } from '../formats/format.ts';
import type { DetectedType } from '../formats/detected-type/index.ts';

export interface SampleFile {
  /** Inside its container, with `/`; empty: the sample itself. */
  readonly path: string;
  /** As people see it: of the sample too. */
  readonly name: string;
  readonly detected: DetectedType;
  readonly facts: FileFacts | null;
  /** Things in it that nobody could look into, as words; empty: everything was seen. */
  readonly closed: readonly string[];
  /** What is in it, where it was opened as one of this type. */
  readonly opened: { readonly type: FormatType; readonly files: readonly SampleFile[] } | null;
  /** What was wished for it in an earlier round can’t be: it couldn’t be signed, or upstream’s signature doesn’t hold. */
  readonly failed: boolean;
}

export interface Sample {
  readonly name: string;
  readonly sha256: string;
  readonly root: SampleFile;
  /** The foundation’s roots are known, so that signatures of upstream can be verified. */
  readonly verifies: boolean;
}
