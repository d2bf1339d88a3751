/** The port of containers: files that contain other files, which the signer opens and rebuilds around those that it signed. */
import type { ArchiveIssue, UnpackBudget } from './archive/index.ts';
import type { RandomAccessSource } from './random-access.ts';
import type { FormatId } from './recognise/index.ts';

export interface ContainerEntry {
  /** Path inside the container, with `/` between its parts. */
  readonly path: string;
  readonly type: 'file' | 'directory';
  /** What makes the entry unacceptable; empty: nothing does. */
  readonly issues: readonly ArchiveIssue[];
  /** Readable once, before the next entry is requested. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** New content for an entry; `content` is read once. */
export interface Replacement {
  readonly sizeBytes: number;
  content(): AsyncIterable<Uint8Array>;
}

export interface Container {
  /** What `recognise` finds in such a file from its first byte to its last. */
  readonly recognisedAs: FormatId;
  /** Entries in the container's own order; throws ArchiveError if its structure is broken, at the end at the latest. */
  open(source: RandomAccessSource, budget: UnpackBudget): AsyncIterable<ContainerEntry>;
  /**
   * The same container with new content for the files for which `replace` returns some; everything else is kept byte for
   * byte, or as closely as the format's folder says. Throws ArchiveError NOT_REWRITABLE for what can't be kept.
   */
  rewrite(
    source: RandomAccessSource,
    budget: UnpackBudget,
    replace: (file: { readonly path: string; readonly sizeBytes: number }) => Replacement | null,
  ): AsyncIterable<Uint8Array>;
}
