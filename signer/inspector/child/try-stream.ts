/**
 * What may be a compressed stream somewhere inside a file: only unpacking it shows whether it is one. What was unpacked of one that isn't
 * doesn't count as content of the artifact, so that trying has a measure of its own.
 */
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import { countedReads, SearchWork, type Recognised } from '#core/formats/recognise/index.ts';

/** What starting a decoder costs, and removing what came out of it. */
const failureBytes = 64 * 1024;
/** Readers read ahead, the farthest reads nine times what it uses; streams beside each other are never spent by that. */
const readsOfOne = 4;

/** For all files of a request: compressed streams in real programs are tried once, and most are what they look like. */
export const newTries = (): SearchWork => new SearchWork({ base: 64 * 1024 * 1024, perByte: 4 });

export const isTry = ({ tentative, isPart }: Recognised): boolean => tentative === true && isPart === true;

export interface Try {
  /** To read it from. */
  readonly source: RandomAccessSource;
  /** It is a stream: its content counts as the artifact's, so that only reading is spent. */
  readonly worked: () => void;
  readonly failed: (unpackedBytes: number) => void;
}

export function startTry(work: SearchWork, whole: RandomAccessSource): Try {
  let read = 0;
  const source = countedReads(whole, (bytes) => (read += bytes));
  return {
    source,
    worked: () => work.spend(read / readsOfOne),
    failed: (unpackedBytes) => work.spend(failureBytes + read + unpackedBytes),
  };
}
