/** Limits on what an artifact may unpack to, and the budget that all its containers share. */
import { ArchiveError } from './archive-error.ts';

export interface UnpackLimits {
  /** Bytes of all entries of all containers together. */
  readonly unpackedSizeBytesMax: number;
  readonly entrySizeBytesMax: number;
  /** Entries of all containers together, folders and header records included. */
  readonly entryCountMax: number;
  /** Containers inside one another; 1 is an archive with no archive in it. */
  readonly depthMax: number;
  /** Unpacked bytes per packed byte, enforced once a stream has produced more than `ratioFloorBytes`. */
  readonly ratioMax: number;
  readonly ratioFloorBytes: number;
  readonly nameBytesMax: number;
  /** Bytes of all names and header extensions together: these are kept in memory. */
  readonly namesBytesMax: number;
}

const mebibyte = 1024 * 1024;

export const defaultUnpackLimits: UnpackLimits = {
  unpackedSizeBytesMax: 8192 * mebibyte,
  entrySizeBytesMax: 4096 * mebibyte,
  entryCountMax: 100_000,
  depthMax: 5,
  ratioMax: 200,
  ratioFloorBytes: 16 * mebibyte,
  nameBytesMax: 1024,
  namesBytesMax: 16 * mebibyte,
};

const split = 'Split the artifact, or ask the foundation to raise the limit.';

export interface BudgetMark {
  readonly entries: number;
  readonly unpackedBytes: number;
  readonly nameBytes: number;
}

export class UnpackBudget {
  readonly limits: UnpackLimits;
  #entries = 0;
  #unpackedBytes = 0;
  #nameBytes = 0;

  constructor(limits: UnpackLimits) {
    this.limits = limits;
  }

  get entries(): number {
    return this.#entries;
  }

  get unpackedBytes(): number {
    return this.#unpackedBytes;
  }

  /** What is used up so far. */
  save(): BudgetMark {
    return { entries: this.#entries, unpackedBytes: this.#unpackedBytes, nameBytes: this.#nameBytes };
  }

  /** Returns to the state before an abandoned attempt, once everything it wrote is removed. */
  restore(mark: BudgetMark): void {
    this.#entries = mark.entries;
    this.#unpackedBytes = mark.unpackedBytes;
    this.#nameBytes = mark.nameBytes;
  }

  /** Before each entry or header record. */
  countEntry(nameBytes: number): void {
    this.#entries += 1;
    if (this.#entries > this.limits.entryCountMax) {
      throw new ArchiveError({
        code: 'LIMIT_ENTRIES',
        message: `The artifact contains more than ${this.limits.entryCountMax} entries.`,
        fix: split,
      });
    }
    this.countNames(nameBytes);
  }

  countNames(bytes: number): void {
    this.#nameBytes += bytes;
    if (this.#nameBytes > this.limits.namesBytesMax) {
      throw new ArchiveError({
        code: 'LIMIT_NAMES',
        message: `Names and header fields of the artifact take more than ${this.limits.namesBytesMax} bytes.`,
        fix: split,
      });
    }
  }

  /** The size an entry declares, before a byte of it is read. Readers make sure that entries keep to what they declare. */
  countContent(bytes: number): void {
    if (bytes > this.limits.entrySizeBytesMax) {
      throw new ArchiveError({
        code: 'LIMIT_ENTRY_SIZE',
        message: `An entry declares ${bytes} bytes; the limit is ${this.limits.entrySizeBytesMax}.`,
        fix: split,
      });
    }
    this.#unpackedBytes += bytes;
    if (this.#unpackedBytes > this.limits.unpackedSizeBytesMax) {
      throw new ArchiveError({
        code: 'LIMIT_TOTAL_SIZE',
        message: `The artifact unpacks to more than ${this.limits.unpackedSizeBytesMax} bytes.`,
        fix: split,
      });
    }
  }

  checkDepth(depth: number): void {
    if (depth > this.limits.depthMax) {
      throw new ArchiveError({
        code: 'LIMIT_DEPTH',
        message: `Archives are nested more than ${this.limits.depthMax} deep.`,
        fix: 'Nest fewer archives inside one another.',
      });
    }
  }
}

/**
 * Passes an unpacked stream through and stops it once it exceeds ratio × packed size: a bomb is
 * refused after megabytes, whatever size its headers declare.
 */
export async function* guardRatio(
  unpacked: AsyncIterable<Uint8Array>,
  packedBytes: number,
  limits: UnpackLimits,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of unpacked) {
    bytes += chunk.length;
    if (bytes > limits.ratioFloorBytes && bytes > packedBytes * limits.ratioMax) {
      throw new ArchiveError({
        code: 'LIMIT_RATIO',
        message: `${packedBytes} packed bytes unpack to more than ${limits.ratioMax} times their size, as only a decompression bomb does.`,
        fix: 'Remove such files from the artifact, or pack them without compression.',
      });
    }
    yield chunk;
  }
}
