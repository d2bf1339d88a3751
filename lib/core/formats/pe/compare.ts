import { readChunks, type RandomAccessSource } from '../random-access.ts';
import { paddingBytes, peSums, programEnd, type PeDigestAlgorithm } from './digest.ts';
import type { PeLayout } from './layout.ts';

export type PeComparison =
  { readonly equal: true } | { readonly equal: false; readonly offset: number; readonly message: string };

interface Program {
  readonly source: RandomAccessSource;
  readonly layout: PeLayout;
}

/**
 * Whether the signed program is the one before it but for checksum, certificate directory entry, up to 7
 * zeros of padding and the certificate table: all else is what its Authenticode digest covers. Gives the first offset that differs
 * otherwise. What is in the tables is the caller's to compare.
 */
export async function compareSignedPe(
  before: Program,
  signed: Program,
  algorithm: PeDigestAlgorithm = 'sha256',
): Promise<PeComparison> {
  const { layout } = before;
  const programBytes = programEnd(layout);
  const table = signed.layout.certificateTable;
  const end = programBytes + paddingBytes(programBytes);
  if (table?.offset !== end) {
    return { equal: false, offset: end, message: `no certificate table right after the program` };
  }
  if (
    signed.layout.checksumOffset !== layout.checksumOffset ||
    signed.layout.certificateDirectoryOffset !== layout.certificateDirectoryOffset
  ) {
    return { equal: false, offset: 0, message: 'the headers stand in other places' };
  }
  const [sums, signedSums] = [
    await peSums(before.source, layout, algorithm),
    await peSums(signed.source, signed.layout, algorithm),
  ];
  if (Buffer.compare(sums.digest, signedSums.digest) === 0) return { equal: true };
  return whereTheyDiffer(before, signed, programBytes);
}

async function whereTheyDiffer(
  { source, layout }: Program,
  signed: Program,
  programBytes: number,
): Promise<PeComparison> {
  const ranges = [
    [0, layout.checksumOffset],
    [layout.checksumOffset + 4, layout.certificateDirectoryOffset],
    [layout.certificateDirectoryOffset + 8, programBytes],
  ] as const;
  for (const [start, stop] of ranges) {
    const offset = await firstDifference(source, signed.source, start, stop);
    if (offset !== null) return { equal: false, offset, message: `byte ${offset} differs` };
  }
  return {
    equal: false,
    offset: programBytes,
    message: 'the padding before the table is not zero',
  };
}

async function firstDifference(
  left: RandomAccessSource,
  right: RandomAccessSource,
  start: number,
  stop: number,
): Promise<number | null> {
  const others = readChunks(right, start, stop);
  let at = start;
  for await (const chunk of readChunks(left, start, stop)) {
    const other = (await others.next()).value as Uint8Array;
    if (Buffer.compare(chunk, other) !== 0) {
      return at + chunk.findIndex((octet, index) => octet !== other[index]);
    }
    at += chunk.length;
  }
  return null;
}
