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
  /** Where its header is: of a compressed archive, in what is unpacked. null: it has none of its own, or elsewhere. */
  readonly offset?: number | null;
  /** Readable once, before the next entry is requested. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** What is in a container and no file of it. */
export interface OtherContent {
  readonly name: string;
  /** Readable once, before the next is requested. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** New content for an entry. */
export interface Replacement {
  readonly sizeBytes: number;
  /** May be asked for several times: sizes and digests of a whole can stand before it. */
  content(): AsyncIterable<Uint8Array>;
}

/** A new file in a container. It is held in memory, so it should be small: a signature. */
export interface Addition {
  /** Path inside the container; the caller has made sure that nothing has it. */
  readonly path: string;
  readonly content: Uint8Array;
}

export interface ContainerFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** How a container is to differ. Each is asked once for each file, in the container's own order. */
export interface ContainerChanges {
  /** null keeps the file. */
  replace(file: ContainerFile): Replacement | null;
  /** New files right behind this one, which take over its time, owner and permissions. */
  added(file: ContainerFile): Promise<readonly Addition[]>;
}

export interface Container {
  /** What `recognise` finds in such a file from its first byte to its last. */
  readonly recognisedAs: FormatId;
  /** Entries in the container's own order; throws ArchiveError if its structure is broken, at the end at the latest. */
  open(source: RandomAccessSource, budget: UnpackBudget): AsyncIterable<ContainerEntry>;
  /**
   * What in it is no entry and may hold anything all the same, such as an installer’s tables: to be scanned, and expected by nobody. Throws
   * as `open` does. Left out: all of it is entries and what frames them.
   */
  others?(source: RandomAccessSource, budget: UnpackBudget): AsyncIterable<OtherContent>;
  /**
   * Paths of entries that are the same in both, with name, header and packed bytes: their content needs no comparing. Left out: nobody
   * knows without unpacking.
   */
  sameEntries?(
    before: RandomAccessSource,
    after: RandomAccessSource,
    budgets: { readonly before: UnpackBudget; readonly after: UnpackBudget },
  ): Promise<ReadonlySet<string>>;
  /** Whether `rewrite` can give it files that it didn't have; absent: it refuses with NOT_REWRITABLE. */
  readonly takesAdditions?: true;
  /**
   * The same container with other content for some files and with new ones; all else stays byte for byte, or as
   * close to it as the format's folder says. Throws ArchiveError NOT_REWRITABLE for what can't be kept.
   */
  rewrite(
    source: RandomAccessSource,
    budget: UnpackBudget,
    changes: ContainerChanges,
  ): AsyncIterable<Uint8Array>;
  /**
   * Throws ArchiveError NOT_REWRITABLE where what is no entry differs in more than what the files of these paths, which have new
   * content, make necessary. Left out: comparing the entries is enough.
   */
  checkOthers?(
    before: RandomAccessSource,
    after: RandomAccessSource,
    budgets: { readonly before: UnpackBudget; readonly after: UnpackBudget },
    changed: ReadonlySet<string>,
  ): Promise<void>;
}
