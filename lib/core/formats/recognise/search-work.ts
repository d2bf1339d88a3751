/** What looking for archives in files may cost. One made of their marks would have each of them tried; real programs have few. */
import type { RandomAccessSource } from '../random-access.ts';

/** In bytes that are read or unpacked: the same for the same files, whatever else the machine does. */
export class SearchWork {
  readonly #perByte: number;
  #left: number;

  /** What may be spent whatever is searched, and for each byte that is. */
  constructor({ base, perByte }: { readonly base: number; readonly perByte: number }) {
    this.#left = base;
    this.#perByte = perByte;
  }

  /** So many bytes more are searched. */
  allowFor(sizeBytes: number): void {
    this.#left += this.#perByte * sizeBytes;
  }

  spend(bytes: number): void {
    this.#left -= bytes;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }
}

/** The same bytes; `spend` is told how many each read asks for. */
export function countedReads(source: RandomAccessSource, spend: (bytes: number) => void): RandomAccessSource {
  return {
    size: source.size,
    read: (offset, length) => {
      spend(length);
      return source.read(offset, length);
    },
  };
}
