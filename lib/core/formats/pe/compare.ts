import { lentChunks, readExactly, type RandomAccessSource } from '../random-access.ts';
import { checksumBytes, directoryBytes, paddingBytes, programEnd } from './digest.ts';
import type { PeLayout } from './layout.ts';

export type PeComparison =
  { readonly equal: true } | { readonly equal: false; readonly offset: number; readonly message: string };

interface Program {
  readonly source: RandomAccessSource;
  readonly layout: PeLayout;
}

/**
 * Whether the signed program is, byte for byte, the one before it but for checksum, certificate directory entry, up to 7 zeros of padding and
 * the certificate table: all else is what its Authenticode digest covers, so both have the same. Gives the first offset that differs
 * otherwise. What is in the tables is the caller's to compare.
 */
export async function compareSignedPe(before: Program, signed: Program): Promise<PeComparison> {
  const { layout } = before;
  const programBytes = programEnd(layout);
  const table = signed.layout.certificateTable;
  const end = programBytes + paddingBytes(programBytes);
  if (table?.offset !== end) {
    return { equal: false, offset: end, message: `no certificate table right after the program` };
  }
  const { checksumOffset, certificateDirectoryOffset } = layout;
  if (
    signed.layout.checksumOffset !== checksumOffset ||
    signed.layout.certificateDirectoryOffset !== certificateDirectoryOffset
  ) {
    return { equal: false, offset: 0, message: 'the headers stand in other places' };
  }
  const ranges = [
    [0, checksumOffset],
    [checksumOffset + checksumBytes, certificateDirectoryOffset],
    [certificateDirectoryOffset + directoryBytes, programBytes],
  ] as const;
  for (const [start, stop] of ranges) {
    const offset = await firstDifference(before.source, signed.source, start, stop);
    if (offset !== null) return { equal: false, offset, message: `byte ${offset} differs` };
  }
  const padding = await readExactly(signed.source, programBytes, end - programBytes);
  if (padding.some((octet) => octet !== 0)) {
    return {
      equal: false,
      offset: programBytes,
      message: 'the padding before the table is not zero',
    };
  }
  return { equal: true };
}

async function firstDifference(
  left: RandomAccessSource,
  right: RandomAccessSource,
  start: number,
  stop: number,
): Promise<number | null> {
  const others = lentChunks(right, start, stop);
  let at = start;
  try {
    for await (const chunk of lentChunks(left, start, stop)) {
      const other = (await others.next()).value as Uint8Array;
      if (Buffer.compare(chunk, other) !== 0)
        return at + chunk.findIndex((octet, index) => octet !== other[index]);
      at += chunk.length;
    }
    return null;
  } finally {
    await others.return(undefined);
  }
}
